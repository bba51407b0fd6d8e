package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kvbench/internal/bounded"
	"kvbench/internal/runfile"

	"github.com/gofrs/flock"
)

// Names in the folder of a run that agents do.
const (
	fleetStateFile = "agents.json"
	fleetCopyFile  = "agents.copy.json"
	fleetLockFile  = "agents.lock"
	fleetShards    = "shards"
	fleetServer    = "nats"
	tornRuns       = ".run-*" // the merged run, before it has its name
)

// fleetState is what a leader has decided, kept so that one which is started again goes on.
type fleetState struct {
	Job     string                      `json:"job"`
	Digest  string                      `json:"digest,omitempty"`
	StartAt time.Time                   `json:"start_at,omitzero"` // on the wall clock, once it is known
	Clocks  map[int]runfile.ClockOffset `json:"clocks,omitempty"`  // by shard
	Listen  string                      `json:"listen,omitempty"`  // where the server in the leader listens
	dir     string
	lock    *flock.Flock
}

// openFleet makes the folder of a run, or opens that of one which a leader has begun.
func openFleet(dir string) (*fleetState, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, usage(err)
	}
	s := &fleetState{dir: dir, lock: flock.New(filepath.Join(dir, fleetLockFile))}
	switch mine, err := s.lock.TryLock(); {
	case err != nil:
		return nil, usage(err)
	case !mine:
		return nil, usage(fmt.Errorf("%s: another leader is at work there", dir))
	}
	if _, err := os.Stat(filepath.Join(dir, runfile.FileName)); err == nil {
		s.close()
		return nil, usage(fmt.Errorf("%s holds a run already, which kvbench report shows; name another folder or remove it", dir))
	}
	found, err := s.load()
	if err != nil {
		s.close()
		return nil, usage(err)
	}
	if !found {
		s.Job = newRunID()
	}
	return s, nil
}

// load reads the state, or the copy where a machine that lost its power has torn it.
func (s *fleetState) load() (found bool, err error) {
	var wrong []error
	for _, name := range []string{fleetStateFile, fleetCopyFile} {
		path := filepath.Join(s.dir, name)
		text, err := bounded.ReadFile(path, maxState)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		kept := fleetState{dir: s.dir, lock: s.lock}
		if err == nil {
			err = json.Unmarshal(text, &kept)
		}
		switch {
		case err != nil:
		case !runIDText.MatchString(kept.Job):
			err = errors.New("it is not a leader's")
		default:
			*s = kept
			return true, nil
		}
		wrong = append(wrong, fmt.Errorf("%s: %w", path, err))
	}
	if len(wrong) == 0 {
		return false, nil
	}
	return false, fmt.Errorf("%w; remove %s to begin anew, and start the agents again", errors.Join(wrong...), s.dir)
}

// maxState bounds the file of a state: that of runfile.MaxShards shards has 1 MiB.
const maxState = 16 << 20

// begun reports whether a leader has begun before.
func (s *fleetState) begun() bool { return s.Digest != "" }

// save writes the state twice, each time all or nothing.
func (s *fleetState) save() error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	for _, name := range []string{fleetStateFile, fleetCopyFile} {
		if err := replace(filepath.Join(s.dir, name), text); err != nil {
			return fmt.Errorf("keeping what the leader has decided: %w", err)
		}
	}
	return nil
}

// replace puts a text into a file, which has all of it or what it had before, even if the machine loses its power.
func replace(path string, text []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// close lets others have the folder, which is gone if nothing was begun in it.
func (s *fleetState) close() {
	_ = s.lock.Unlock()
	if _, err := os.Stat(filepath.Join(s.dir, fleetStateFile)); errors.Is(err, fs.ErrNotExist) {
		_ = os.Remove(filepath.Join(s.dir, fleetLockFile))
		_ = os.Remove(s.dir) // unless there is something in it
	}
}

// end takes away what only a leader that goes on needs.
func (s *fleetState) end(shards bool) error {
	s.close()
	names := []string{fleetStateFile, fleetCopyFile, fleetLockFile, fleetServer}
	if shards {
		names = append(names, fleetShards)
	}
	var failed []error
	torn, err := filepath.Glob(filepath.Join(s.dir, tornRuns)) // of leaders that were killed as they merged
	failed = append(failed, err)
	for _, path := range torn {
		names = append(names, filepath.Base(path))
	}
	for _, name := range names {
		failed = append(failed, os.RemoveAll(filepath.Join(s.dir, name)))
	}
	return errors.Join(failed...)
}
