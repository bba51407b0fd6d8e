package sparse

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"math"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// wordSize are the bits of a cookie that say that counts are of 8 bytes.
const wordSize = 0x10

// Encoder writes histograms one after the other; the library's own Encode makes a
// compressor of a megabyte for each. The zero value is ready.
type Encoder struct {
	plain  []byte // header and counts
	packed bytes.Buffer
	zlib   *zlib.Writer
}

// Encode writes a histogram of the library as Decode and the library read it. It is
// packed by Huffman's code alone: of so few bytes that is both the shortest and the
// quickest.
func (e *Encoder) Encode(s *hdr.Snapshot) ([]byte, error) {
	if e.zlib == nil {
		var err error
		if e.zlib, err = zlib.NewWriterLevel(nil, zlib.HuffmanOnly); err != nil {
			return nil, err
		}
	}
	e.fill(s)
	return e.deflate()
}

// fill sets the header and the counts up to the last that is not zero.
func (e *Encoder) fill(s *hdr.Snapshot) {
	ratio := s.IntegerToDoubleConversionRatio
	if ratio == 0 {
		ratio = 1 // as the library writes where none was set
	}
	b := binary.BigEndian.AppendUint32(e.plain[:0], cookieCounts|wordSize)
	b = binary.BigEndian.AppendUint32(b, 0) // the length, once it is known
	b = binary.BigEndian.AppendUint32(b, 0) // not shifted
	b = binary.BigEndian.AppendUint32(b, uint32(s.SignificantFigures))
	b = binary.BigEndian.AppendUint64(b, uint64(s.LowestTrackableValue))
	b = binary.BigEndian.AppendUint64(b, uint64(s.HighestTrackableValue))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(ratio))
	zeros := int64(0)
	for _, n := range s.Counts {
		if n == 0 {
			zeros++
			continue
		}
		switch {
		case zeros == 1:
			b = appendZigzag(b, 0)
		case zeros > 1:
			b = appendZigzag(b, -zeros)
		}
		zeros = 0
		b = appendZigzag(b, n)
	}
	binary.BigEndian.PutUint32(b[4:], uint32(len(b)-headerSize))
	e.plain = b
}

// deflate packs what fill has set.
func (e *Encoder) deflate() ([]byte, error) {
	const prefix = 8 // cookie, length
	e.packed.Reset()
	e.packed.Write(make([]byte, prefix))
	e.zlib.Reset(&e.packed)
	if _, err := e.zlib.Write(e.plain); err != nil {
		return nil, err
	}
	if err := e.zlib.Close(); err != nil {
		return nil, err
	}
	packed := e.packed.Bytes()
	binary.BigEndian.PutUint32(packed, cookieCompressed|wordSize)
	binary.BigEndian.PutUint32(packed[4:], uint32(len(packed)-prefix))
	return base64.StdEncoding.AppendEncode(nil, packed), nil
}

// appendZigzag writes a count as zigzag reads it.
func appendZigzag(b []byte, n int64) []byte {
	v := uint64(n<<1) ^ uint64(n>>63)
	for range 8 {
		if v < 0x80 {
			return append(b, byte(v))
		}
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}
