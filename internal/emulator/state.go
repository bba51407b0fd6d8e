package emulator

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"kvbench/kv"

	"github.com/gofrs/flock"
)

// line is one line of a state file, which is gzip's: its check sum tells of a
// file that is cut off or damaged. A namespace comes before its keys.
type line struct {
	Namespace *Namespace `json:"namespace,omitempty"`
	Key       *kept      `json:"key,omitempty"`
}

// kept is a key and what it holds.
type kept struct {
	Name       string          `json:"name"`
	Value      []byte          `json:"value"` // in base64
	Metadata   json.RawMessage `json:"metadata,omitempty"`
	Expiration int64           `json:"expiration,omitempty"` // seconds of Unix time
}

// Lock makes this process the only one to use a state file, until it calls release
// or ends, however it ends. It makes a file beside it, which stays: an error can be
// that there is no such folder.
func Lock(path string) (release func() error, err error) {
	l := flock.New(path + ".lock")
	switch ok, err := l.TryLock(); {
	case err != nil:
		return nil, err
	case !ok:
		return nil, fmt.Errorf("%s: another process keeps its state in this file", path)
	}
	return l.Unlock, nil
}

// Save writes the state of all namespaces to a file. What was acknowledged
// before the call is in it. The file is replaced as a whole, once the new one has
// reached the disk: a process that is killed leaves the old or the new.
func (s *Server) Save(path string) (err error) {
	tmp := path + ".new"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	err = s.write(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the state: %w", err), os.Remove(tmp))
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

func (s *Server) write(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 1<<20)
	zip, err := gzip.NewWriterLevel(buffered, gzip.BestSpeed)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(zip)
	enc.SetEscapeHTML(false)
	for _, sp := range s.spaces.list() {
		if err := s.writeSpace(enc, sp); err != nil {
			return err
		}
	}
	if err := zip.Close(); err != nil {
		return err
	}
	return buffered.Flush()
}

func (s *Server) writeSpace(enc *json.Encoder, sp *space) error {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	if sp.gone {
		return nil
	}
	store, ok := kv.As[kv.Snapshotter](sp.store)
	if !ok {
		return fmt.Errorf("namespace %s: its store keeps no state", sp.id)
	}
	n := s.tell(sp)
	if err := enc.Encode(line{Namespace: &n.Namespace}); err != nil {
		return err
	}
	return store.Snapshot(func(name string, e *kv.Entry) error {
		return enc.Encode(line{Key: &kept{name, e.Value, e.Metadata, e.Expiration}})
	})
}

// Load reads a state file into the server: its namespaces are added to those
// there are, or fill the one with their identifier. A file that does not exist is
// an empty one. What was loaded is seen at every location. It is for a server that
// does not serve yet.
func (s *Server) Load(ctx context.Context, path string) error {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	defer f.Close()
	if err := s.read(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, sp := range s.spaces.list() {
		if store, ok := kv.As[kv.Settler](sp.store); ok {
			if err := store.Settle(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Server) read(r io.Reader) error {
	zip, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<20))
	if err != nil {
		return fmt.Errorf("this is no state file: %w", err)
	}
	var store kv.Snapshotter
	dec := json.NewDecoder(zip)
	for n := 1; ; n++ {
		var l line
		err := dec.Decode(&l)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
		case l.Namespace != nil:
			store, err = s.restored(*l.Namespace)
		case l.Key == nil:
			err = errors.New("neither a namespace nor a key")
		case store == nil:
			err = errors.New("a key before any namespace")
		default:
			err = store.Restore(l.Key.Name, &kv.Entry{
				Found: true, Value: l.Key.Value, Metadata: l.Key.Metadata, Expiration: l.Key.Expiration,
			})
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// restored is the store that the keys of a namespace go to.
func (s *Server) restored(n Namespace) (kv.Snapshotter, error) {
	sp := s.spaces.find(n.ID)
	if sp == nil {
		var err error
		if sp, err = s.make(n); err != nil {
			return nil, err
		}
	} else if err := s.tell(sp).keeps(n); err != nil {
		return nil, err
	}
	store, ok := kv.As[kv.Snapshotter](sp.store)
	if !ok {
		return nil, fmt.Errorf("namespace %s: its store keeps no state", n.ID)
	}
	return store, nil
}
