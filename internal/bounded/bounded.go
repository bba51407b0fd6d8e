// Package bounded reads files that come from outside, of which nobody knows how large they are.
package bounded

import (
	"fmt"
	"io"
	"os"
)

// LargeError is that of a file that is larger than may be read.
type LargeError struct {
	File string
	Most int // bytes
}

func (e *LargeError) Error() string {
	return fmt.Sprintf("%s is larger than %d bytes, which is the most that is read of such a file", e.File, e.Most)
}

// ReadFile is os.ReadFile of at most so many bytes. The error of a file that has more is a
// *LargeError; of one that ends never, such as a device, no more is read.
func ReadFile(name string, most int) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > most:
		return nil, &LargeError{File: name, Most: most}
	}
	return data, nil
}
