package limits

import (
	"io"

	"kvbench/kv"
)

// ReadInto reads all of r, which bounds itself, into buf, reusing its memory. size is how much there is to come,
// below 0 where that is not known.
func ReadInto(buf []byte, r io.Reader, size int64) ([]byte, error) {
	if size >= int64(cap(buf)) && size <= kv.MaxValueBytes {
		buf = make([]byte, 0, size+1) // one more, to find the end without growing
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return buf, err
		}
	}
}
