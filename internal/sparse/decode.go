package sparse

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// The cookies of version 2 of HdrHistogram's interchange format, without the
// bits that say the word size, which in version 2 is nothing.
const (
	cookieMask       = ^uint32(0xf0)
	cookieCompressed = 0x1c849304
	cookieCounts     = 0x1c849303
)

// headerSize is the bytes before the counts: cookie, length, normalizing offset,
// significant digits (4 each), lowest and highest value, conversion ratio (8 each).
const headerSize = 40

// countSize is the most bytes that a count takes.
const countSize = 9

var errTooMany = errors.New("the counts add up to more than 2^63")

// Decode reads a histogram in base64 of the compressed version 2 of HdrHistogram's
// interchange format, as hdrhistogram-go's Encode writes it, and checks its check sum.
// It is a fraction of the work of the library's DecodePacked, which searches for the
// place of every count. Of the least and the greatest value it knows the buckets; see
// Bound.
func Decode(text []byte) (*Histogram, error) {
	h := &Histogram{}
	if err := h.Read(text); err != nil {
		return nil, err
	}
	return h, nil
}

// Read replaces the histogram by what Decode returns, in memory that there is. After
// an error it is as it was.
func (h *Histogram) Read(text []byte) error {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	if err := d.read(text); err != nil {
		return err
	}
	h.buckets = append(h.buckets[:0], d.buckets...)
	h.endAtBuckets()
	return nil
}

// decoder holds what decoding needs again and again.
type decoder struct {
	packed  []byte
	source  bytes.Reader
	zlib    io.ReadCloser
	header  [headerSize]byte
	layout  layout
	counts  bytes.Buffer
	buckets []Bucket
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// inflate sets the header, the layout and the counts. It reads all that there is, for
// the check sum stands at the end.
func (d *decoder) inflate(text []byte) (err error) {
	if d.packed, err = base64.StdEncoding.Strict().AppendDecode(d.packed[:0], text); err != nil {
		return err
	}
	const prefix = 8 // cookie, length
	if len(d.packed) < prefix {
		return fmt.Errorf("a histogram of %d bytes", len(d.packed))
	}
	if cookie := binary.BigEndian.Uint32(d.packed); cookie&cookieMask != cookieCompressed {
		return fmt.Errorf("cookie %#x is not that of a compressed histogram of version 2", cookie)
	}
	if length := int64(binary.BigEndian.Uint32(d.packed[4:])); length != int64(len(d.packed)-prefix) {
		return fmt.Errorf("the histogram has %d bytes, and says %d", len(d.packed)-prefix, length)
	}
	d.source.Reset(d.packed[prefix:])
	if d.zlib == nil {
		d.zlib, err = zlib.NewReader(&d.source)
	} else {
		err = d.zlib.(zlib.Resetter).Reset(&d.source, nil)
	}
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(d.zlib, d.header[:]); err != nil {
		return fmt.Errorf("the histogram's header: %w", err)
	}
	length, err := d.readHeader()
	if err != nil {
		return err
	}
	d.counts.Reset()
	if _, err := io.CopyN(&d.counts, d.zlib, length); err != nil {
		return fmt.Errorf("the histogram's counts: %w", err)
	}
	switch n, err := io.CopyN(io.Discard, d.zlib, 1); { // the check sum is verified where the data ends
	case n > 0:
		return errors.New("the histogram goes on after its counts")
	case err != io.EOF:
		return fmt.Errorf("the histogram's end: %w", err)
	case d.source.Len() > 0:
		return fmt.Errorf("%d bytes after the histogram", d.source.Len())
	}
	return nil
}

// readHeader sets the layout and returns how many bytes of counts follow: no more than
// the layout has room for.
func (d *decoder) readHeader() (length int64, err error) {
	if cookie := binary.BigEndian.Uint32(d.header[:]); cookie&cookieMask != cookieCounts {
		return 0, fmt.Errorf("cookie %#x is not that of a histogram of version 2", cookie)
	}
	length = int64(binary.BigEndian.Uint32(d.header[4:]))
	offset, digits := binary.BigEndian.Uint32(d.header[8:]), binary.BigEndian.Uint32(d.header[12:])
	if offset != 0 {
		return 0, fmt.Errorf("the histogram is shifted by %d buckets, which is not known here", int32(offset))
	}
	if digits > 5 {
		return 0, fmt.Errorf("%d significant digits: want 0 to 5", int32(digits))
	}
	d.layout = newLayout(int64(binary.BigEndian.Uint64(d.header[16:])), int(digits))
	if most := countSize * d.layout.size(); length > most {
		return 0, fmt.Errorf("%d bytes of counts are more than any histogram of %d digits has", length, digits)
	}
	return length, nil
}

// read sets the buckets. Their counts are by index; a negative one says how many
// buckets are empty.
func (d *decoder) read(text []byte) error {
	if err := d.inflate(text); err != nil {
		return err
	}
	l, size := d.layout, d.layout.size()
	d.buckets = d.buckets[:0]
	counts := d.counts.Bytes()
	for index, total := int64(0), int64(0); len(counts) > 0; {
		n, bytes := int64(counts[0]>>1)^-int64(counts[0]&1), 1 // as most are
		if counts[0] >= 0x80 {
			n, bytes = zigzag(counts)
		}
		if bytes == 0 {
			return errors.New("the last count is cut off")
		}
		if counts = counts[bytes:]; n <= 0 {
			if n < -size {
				return fmt.Errorf("%d empty buckets are more than any histogram has", uint64(-n))
			}
			index += max(-n, 1)
			continue
		}
		if index >= size {
			return fmt.Errorf("bucket %d is beyond 2^63", index)
		}
		if total += n; total < 0 {
			return errTooMany
		}
		from, to := l.bounds(index)
		d.buckets = append(d.buckets, Bucket{From: from, To: to, Count: n, upTo: total})
		index++
	}
	return nil
}

// zigzag reads a count: 7 bits a byte from the lowest on while the highest bit is
// set, the ninth byte whole, and of the number the lowest bit is the sign. size is 0
// where data ends within it.
func zigzag(data []byte) (n int64, size int) {
	var v uint64
	for i, b := range data {
		if i == 8 {
			v |= uint64(b) << 56
		} else {
			v |= uint64(b&0x7f) << (7 * i)
		}
		if i == 8 || b < 0x80 {
			return int64(v>>1) ^ -int64(v&1), i + 1
		}
	}
	return 0, 0
}
