package command

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kvbench/internal/fleet"
	"kvbench/internal/merge"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"
)

// shardStore keeps what agents send: a file for each attempt of a shard, of which the first that is whole
// becomes the shard's run file.
type shardStore struct {
	dir      string // of the shards
	of       int
	want     *runfile.Header
	once     bool // a shard is not run again
	set      *fleet.Set
	failures map[int]int
	lost     map[int]string // why a shard will not be whole
	again    map[int]bool   // shards that are to be offered again
	pieces   int
	say      func(format string, args ...any)
	step     func(format string, args ...any) // say, of what is seen on a screen too
	seen     func(shard int, attempt string, text []byte)
}

func newShardStore(dir string, p *planned, v *leadView) *shardStore {
	return &shardStore{
		dir: filepath.Join(dir, fleetShards), of: p.told.Shards, want: p.want, once: p.header.Clock == "wall", set: fleet.NewSet(),
		failures: map[int]int{}, lost: map[int]string{}, again: map[int]bool{}, say: v.told, step: v.step, seen: v.tally.Add,
	}
}

func (s *shardStore) shard(n int) string { return filepath.Join(s.dir, strconv.Itoa(n)) }

// resume takes the shards that are whole, and drops parts of others: they come again.
func (s *shardStore) resume() error {
	for n := range s.of {
		parts, err := filepath.Glob(filepath.Join(s.shard(n), "*.part"))
		if err != nil {
			return err
		}
		for _, path := range parts {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
		if s.check(filepath.Join(s.shard(n), runfile.FileName), n) == nil {
			s.set.Take(n)
		}
	}
	return nil
}

// check says what is wrong with the run file of a shard.
func (s *shardStore) check(path string, n int) error {
	run, err := runfile.Open(path)
	if err != nil {
		return err
	}
	defer run.Close()
	switch h := &run.Header; {
	case h.Shard == nil || h.Shard.Index != n:
		return errors.New("it is of another shard")
	case run.CutOff:
		return errors.New("it was cut off")
	case run.Interrupted:
		return errors.New("it was interrupted")
	default:
		want := *s.want
		want.Started = h.Started // which is known when the shards are handed out
		if what := merge.Differs(&want, h); what != "" {
			return errors.New(what)
		}
	}
	return nil
}

// add keeps a piece. An error says that it could not be kept.
func (s *shardStore) add(p *fleet.Piece) error {
	if p.Part >= s.of {
		return nil // of no shard of ours
	}
	s.pieces++
	host := printable.Line(p.Host)
	counts, err := s.set.Add(p)
	if err != nil {
		s.say("shard %d on %s: %v: what it sent is left out", p.Part, host, err)
		s.fail(p.Part, err.Error())
		return nil
	}
	if !counts {
		return nil
	}
	path := filepath.Join(s.shard(p.Part), p.Attempt+".part")
	switch p.Kind {
	case fleet.Text:
		s.seen(p.Part, p.Attempt, p.Text)
		return appendTo(path, p.Text)
	case fleet.Whole:
		if err := s.check(path, p.Part); err != nil {
			s.set.Drop(p.Part)
			s.say("shard %d on %s is no good: %v", p.Part, host, err)
			s.fail(p.Part, err.Error())
			return nil
		}
		delete(s.lost, p.Part)
		if err := os.Rename(path, filepath.Join(s.shard(p.Part), runfile.FileName)); err != nil {
			return err
		}
		s.step("%d/%d shard %d has ended on %s", s.whole(), s.of, p.Part, host)
	case fleet.Refused:
		s.say("shard %d is refused by %s: %s", p.Part, host, short(string(p.Text)))
		s.fail(p.Part, string(p.Text))
	case fleet.Failed:
		s.say("shard %d has failed on %s: %s", p.Part, host, short(string(p.Text)))
		s.fail(p.Part, string(p.Text))
	}
	return nil
}

// fail notes that an attempt of a shard has failed.
func (s *shardStore) fail(n int, why string) {
	s.failures[n]++
	if s.once || s.failures[n] >= fleet.MaxAttempts {
		s.lose(n, why)
		return
	}
	s.again[n] = true
}

// lose gives a shard up.
func (s *shardStore) lose(n int, why string) {
	if s.set.Has(n) || s.lost[n] != "" {
		return
	}
	s.lost[n] = cmp.Or(short(why), "no reason was given")
	s.say("WARNING shard %d is lost: %s: the run is degraded", n, s.lost[n])
}

func (s *shardStore) whole() (n int) {
	for i := range s.of {
		if s.set.Has(i) {
			n++
		}
	}
	return n
}

// open are the shards that are neither whole nor lost.
func (s *shardStore) open() (out []int) {
	for i := range s.of {
		if !s.set.Has(i) && s.lost[i] == "" {
			out = append(out, i)
		}
	}
	return out
}

// files are the run files to merge: those of whole shards, and the longest of what came of others.
func (s *shardStore) files() (out []string) {
	for i := range s.of {
		best, size := filepath.Join(s.shard(i), runfile.FileName), int64(-1)
		if !s.set.Has(i) {
			parts, err := filepath.Glob(filepath.Join(s.shard(i), "*.part"))
			if err != nil {
				continue
			}
			for _, path := range parts {
				if info, err := os.Stat(path); err == nil && info.Size() > size {
					best, size = path, info.Size()
				}
			}
			if size < 0 {
				continue
			}
		}
		out = append(out, best)
	}
	return out
}

// short is the first line of what an agent says, as far as anyone would read it.
func short(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if len(line) > maxShort {
		line = line[:maxShort] + "…"
	}
	return printable.Line(line)
}

const maxShort = 300

// appendTo adds a text to a file.
func appendTo(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("keeping what agents send: %w", err)
	}
	return nil
}
