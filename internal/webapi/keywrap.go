package webapi

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
	"errors"

	"github.com/dop251/goja"
)

// hostAESKW is aesKW(wrap, key, data): bytes, or what is wrong.
func (a *API) hostAESKW() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		out, err := keyWrap(c.Argument(0).ToBoolean(), a.view(c.Argument(1)), a.view(c.Argument(2)))
		if err != nil {
			return a.vm.ToValue(err.Error())
		}
		return a.buffer(out)
	}
}

// keyWrapIV is the initial value of RFC 3394, section 2.2.3.1.
const keyWrapIV = 0xA6A6A6A6A6A6A6A6

// keyWrap wraps or unwraps a key of whole blocks of 8 bytes, two at least: RFC 3394,
// sections 2.2.1 and 2.2.2.
func keyWrap(wrap bool, key, data []byte) ([]byte, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	n := len(data) / 8
	if !wrap {
		n--
	}
	if len(data)%8 != 0 || n < 2 {
		return nil, errors.New("AES-KW takes whole blocks of 8 bytes")
	}
	out := make([]byte, 8*(n+1)) // A, and then R[1] to R[n]
	var block [aes.BlockSize]byte
	if wrap {
		binary.BigEndian.PutUint64(out, keyWrapIV)
		copy(out[8:], data)
		for t := 0; t < 6*n; t++ {
			r := out[8*(t%n+1):][:8]
			copy(block[:8], out)
			copy(block[8:], r)
			b.Encrypt(block[:], block[:])
			binary.BigEndian.PutUint64(out, binary.BigEndian.Uint64(block[:8])^uint64(t+1))
			copy(r, block[8:])
		}
		return out, nil
	}
	copy(out, data)
	for t := 6*n - 1; t >= 0; t-- {
		r := out[8*(t%n+1):][:8]
		binary.BigEndian.PutUint64(block[:8], binary.BigEndian.Uint64(out)^uint64(t+1))
		copy(block[8:], r)
		b.Decrypt(block[:], block[:])
		copy(out[:8], block[:8])
		copy(r, block[8:])
	}
	var want [8]byte
	binary.BigEndian.PutUint64(want[:], keyWrapIV)
	if subtle.ConstantTimeCompare(out[:8], want[:]) != 1 {
		return nil, errors.New("the wrapped key is not that key's")
	}
	return out[8:], nil
}
