package emulator

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kvbench/kv"

	"github.com/gofrs/flock"
)

// stateVersion is the version of the state files that are written. Those of version
// 1 do not say so, and have no field that this one does not have.
const stateVersion = 2

// line is one line of a state file, which is gzip's: its check sum tells of a
// file that is cut off or damaged. It has one field: the version comes first, and a
// namespace before its keys.
type line struct {
	Version   *int       `json:"version,omitempty"`
	Namespace *Namespace `json:"namespace,omitempty"`
	Key       *kept      `json:"key,omitempty"`
}

const (
	// maxLine is the longest line that there may be: the largest key, its value in
	// base64, its name and metadata with every byte escaped.
	maxLine = (kv.MaxValueBytes+2)/3*4 + 6*(kv.MaxKeyBytes+kv.MaxMetadataBytes) + 256
	// perLine is what a line counts for, beside its bytes: a key takes more memory
	// than it has letters.
	perLine = 256
	// DefaultStateLimit is Config.StateLimit where that is 0: 512 MiB.
	DefaultStateLimit = 512 << 20
)

// ErrStateLimit is what is wrong with a state that is beyond Config.StateLimit.
var ErrStateLimit = errors.New("the state is too large")

// errTooMuchState refuses a state that is beyond the server's limit.
func (s *Server) errTooMuchState() error {
	return fmt.Errorf("%w: it has more than %d bytes, unpacked and with %d for each line", ErrStateLimit, s.stateLimit, perLine)
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
	enc := json.NewEncoder(&metered{w: zip, left: s.stateLimit, over: s.errTooMuchState()})
	enc.SetEscapeHTML(false)
	version := stateVersion
	if err := enc.Encode(line{Version: &version}); err != nil {
		return err
	}
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

// metered writes lines, one at a time, as long as they are within a limit: what could
// not be read again is not written.
type metered struct {
	w    io.Writer
	left int64
	over error
}

func (m *metered) Write(p []byte) (int, error) {
	if m.left -= int64(len(p)) + perLine; m.left < 0 {
		return 0, m.over
	}
	return m.w.Write(p)
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
