package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kvbench/internal/runfile"

	"github.com/gofrs/flock"
)

// Names in the folder of a run that agents do.
const (
	fleetStateFile = "agents.json"
	fleetLockFile  = "agents.lock"
	fleetShards    = "shards"
	fleetServer    = "nats"
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
		return nil, usage(fmt.Errorf("%s holds a run already; name another folder or remove it", dir))
	}
	text, err := os.ReadFile(filepath.Join(dir, fleetStateFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.Job = newRunID()
		return s, nil
	case err == nil:
		err = json.Unmarshal(text, s)
	}
	if err != nil || s.Job == "" {
		s.close()
		return nil, usage(fmt.Errorf("%s: %w; remove the folder to begin anew", filepath.Join(dir, fleetStateFile), errors.Join(err, errors.New("it is not a leader's"))))
	}
	return s, nil
}

// begun reports whether a leader has begun before.
func (s *fleetState) begun() bool { return s.Digest != "" }

// save writes the state, all or nothing.
func (s *fleetState) save() error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, fleetStateFile)
	return errors.Join(os.WriteFile(path+".new", text, 0o644), os.Rename(path+".new", path))
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
	names := []string{fleetStateFile, fleetLockFile, fleetServer}
	if shards {
		names = append(names, fleetShards)
	}
	var failed []error
	for _, name := range names {
		failed = append(failed, os.RemoveAll(filepath.Join(s.dir, name)))
	}
	return errors.Join(failed...)
}
