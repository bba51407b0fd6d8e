package webapi

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"io"
	"strings"

	"github.com/dop251/goja"
)

// maxUnpacked is how many bytes a stream is unpacked to at most: an isolate's memory.
const maxUnpacked = 128 << 20

// hostAtob is atob(string): each byte as a character, or undefined.
func (a *API) hostAtob() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		b, ok := forgiving(c.Argument(0).String())
		if !ok {
			return goja.Undefined()
		}
		return a.vm.ToValue(latin1(b))
	}
}

// forgiving decodes base64 as the Infra standard's "forgiving-base64 decode" does.
func forgiving(s string) ([]byte, bool) {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\f', '\r':
			return -1
		}
		return r
	}, s)
	if len(s)%4 == 0 {
		s = strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	}
	if len(s)%4 == 1 {
		return nil, false
	}
	b, err := base64.RawStdEncoding.DecodeString(s)
	return b, err == nil
}

// latin1 is each byte as a character.
func latin1(b []byte) string {
	var s strings.Builder
	s.Grow(len(b))
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}

// hostBtoa is btoa(string): base64, or undefined if a character is no byte.
func (a *API) hostBtoa() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		s := c.Argument(0).String()
		b := make([]byte, 0, len(s))
		for _, r := range s {
			if r > 0xFF {
				return goja.Undefined()
			}
			b = append(b, byte(r))
		}
		return a.vm.ToValue(base64.StdEncoding.EncodeToString(b))
	}
}

// hostCompress is compress(bytes, format).
func (a *API) hostCompress() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		var out bytes.Buffer
		var w io.WriteCloser
		switch c.Argument(1).String() {
		case "gzip":
			w = gzip.NewWriter(&out)
		case "deflate":
			w = zlib.NewWriter(&out)
		default:
			w, _ = flate.NewWriter(&out, flate.DefaultCompression) // the level is a valid one
		}
		if _, err := w.Write(a.view(c.Argument(0))); err != nil {
			a.typeError("%v", err)
		}
		if err := w.Close(); err != nil {
			a.typeError("%v", err)
		}
		return a.buffer(out.Bytes())
	}
}

// hostDecompress is decompress(bytes, format), or a TypeError.
func (a *API) hostDecompress() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		in := bytes.NewReader(a.view(c.Argument(0)))
		var r io.Reader
		var err error
		switch c.Argument(1).String() {
		case "gzip":
			r, err = gzip.NewReader(in)
		case "deflate":
			r, err = zlib.NewReader(in)
		default:
			r = flate.NewReader(in)
		}
		if err != nil {
			a.typeError("Decompression failed.")
		}
		out, err := io.ReadAll(io.LimitReader(r, maxUnpacked+1))
		switch {
		case err != nil:
			a.typeError("Decompression failed.")
		case len(out) > maxUnpacked:
			a.typeError("The data are over 128 MiB, an isolate's memory.")
		case in.Len() > 0:
			a.typeError("Trailing bytes after end of compressed data")
		}
		return a.buffer(out)
	}
}

// hostTransfer is transfer(buffer, length): its bytes in a new buffer, the old one empty.
func (a *API) hostTransfer() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		b, ok := c.Argument(0).Export().(goja.ArrayBuffer)
		n := c.Argument(1).ToInteger()
		if !ok || b.Detached() || n < 0 || n > maxUnpacked {
			a.typeError("ArrayBuffer.prototype.transfer: the buffer is detached or the length is not valid.")
		}
		out := make([]byte, n)
		copy(out, b.Bytes())
		b.Detach()
		return a.buffer(out)
	}
}

// hostDetached is detached(buffer).
func (a *API) hostDetached() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		b, ok := c.Argument(0).Export().(goja.ArrayBuffer)
		if !ok {
			a.typeError("ArrayBuffer.prototype.detached is for an ArrayBuffer.")
		}
		return a.vm.ToValue(b.Detached())
	}
}

// view is the memory of a buffer that the prelude gave.
func (a *API) view(v goja.Value) []byte {
	b, ok := view(v)
	if !ok {
		a.typeError("The buffer is detached, or is none.")
	}
	return b
}

func (a *API) buffer(b []byte) goja.Value { return a.vm.ToValue(a.vm.NewArrayBuffer(b)) }
