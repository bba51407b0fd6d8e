package emulator

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"kvbench/kv"
)

// Load reads a state file into the server: its namespaces are added to those
// there are, or fill the one with their identifier. A file that does not exist is
// an empty one. What was loaded is seen at every location. It is for a server that
// does not serve yet. An error says in which line of the file, unpacked, it is; no
// more of a file is read than the server's limit allows, and none once ctx is done.
func (s *Server) Load(ctx context.Context, path string) error {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	defer f.Close()
	if err := s.read(ctx, path, f); err != nil {
		return err
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

// read reads a state file, which is called name.
func (s *Server) read(ctx context.Context, name string, r io.Reader) error {
	zip, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<20))
	if err != nil {
		return fmt.Errorf("%s: this is no state file: %w", name, err)
	}
	load := loading{server: s, spaces: map[string]bool{}}
	lines := bufio.NewReaderSize(zip, 64<<10)
	var text []byte
	left := s.stateLimit
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, err = readLine(lines, text[:0])
		if err == io.EOF {
			return nil
		}
		if left -= int64(len(text)) + perLine; err == nil && left < 0 {
			err = s.errTooMuchState()
		}
		if err == nil {
			err = load.line(n, text)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
}

// readLine appends a line to to, with its end. io.EOF: there is none left.
func readLine(r *bufio.Reader, to []byte) ([]byte, error) {
	for {
		part, err := r.ReadSlice('\n')
		to = append(to, part...)
		switch {
		case len(to) > maxLine:
			return to, fmt.Errorf("a line has at most %d bytes; this has more", maxLine)
		case err == bufio.ErrBufferFull:
		case err == io.EOF && len(to) > 0:
			return to, nil // a last line without an end
		default:
			return to, err
		}
	}
}

// loading is a state file that is read.
type loading struct {
	server *Server
	store  kv.Snapshotter  // where keys go; nil: there was no namespace yet
	spaces map[string]bool // that came, by identifier
}

func (ld *loading) line(n int, text []byte) error {
	var l line
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	err := dec.Decode(&l)
	if err == io.EOF {
		return errors.New("the line is empty")
	}
	if err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("the line has more than one value")
	}
	fields := 0
	for _, is := range []bool{l.Version != nil, l.Namespace != nil, l.Key != nil} {
		if is {
			fields++
		}
	}
	switch {
	case fields != 1:
		return errors.New("want a line with one of version, namespace and key")
	case l.Version != nil && n > 1:
		return errors.New("the version belongs into the first line")
	case l.Version != nil && *l.Version != stateVersion:
		return fmt.Errorf("version %d: this kvbench reads version %d, and the first, which does not say so", *l.Version, stateVersion)
	case l.Version != nil:
		return nil
	case l.Namespace != nil:
		if ld.spaces[l.Namespace.ID] {
			return fmt.Errorf("the namespace %s is there twice", l.Namespace.ID)
		}
		ld.spaces[l.Namespace.ID] = true
		ld.store, err = ld.server.restored(*l.Namespace)
		return err
	case ld.store == nil:
		return errors.New("a key before any namespace")
	}
	return ld.store.Restore(l.Key.Name, &kv.Entry{
		Found: true, Value: l.Key.Value, Metadata: l.Key.Metadata, Expiration: l.Key.Expiration,
	})
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
