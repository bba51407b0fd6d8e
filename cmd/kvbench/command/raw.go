package command

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"kvbench/internal/record"
)

// rawVariable names a folder in which every run of a variant keeps all values that it measures, for tests that hold
// what comes of them against that.
const rawVariable = "KVBENCH_RAW_SAMPLES"

// rawFile has a line for each value: its series, the value, and when its transaction was due, in nanoseconds
// since 1970; 0 where it belongs to none.
type rawFile struct {
	epoch time.Time
	mu    sync.Mutex // guards all below
	file  *os.File
	w     *bufio.Writer
	err   error
}

// keepRaw makes a file in a folder, for a run on a clock of that epoch; nil without a folder.
func keepRaw(dir string, epoch time.Time) (*rawFile, error) {
	if dir == "" {
		return nil, nil
	}
	file, err := os.CreateTemp(dir, "raw-*.txt")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", rawVariable, err)
	}
	return &rawFile{epoch: epoch, file: file, w: bufio.NewWriter(file)}, nil
}

// keep is a record.Raw.
func (f *rawFile) keep(series int, value int64, tx *record.Transaction) {
	var due int64
	if tx != nil {
		due = f.epoch.Add(tx.Due).UnixNano()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := fmt.Fprintln(f.w, series, value, due); err != nil && f.err == nil {
		f.err = fmt.Errorf("%s: %w", rawVariable, err)
	}
}

// close ends the file. An error says that it has not all.
func (f *rawFile) close() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.err, f.w.Flush(), f.file.Close())
}
