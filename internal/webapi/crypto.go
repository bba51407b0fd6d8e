package webapi

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/dop251/goja"
)

// hashes are crypto.subtle's, by their names.
var hashes = map[string]func() hash.Hash{
	"MD5": md5.New, "SHA-1": sha1.New, "SHA-256": sha256.New, "SHA-384": sha512.New384, "SHA-512": sha512.New,
}

func (a *API) hash(v goja.Value) func() hash.Hash {
	h, ok := hashes[v.String()]
	if !ok {
		a.typeError("no such hash: %s", v)
	}
	return h
}

// hostDigest is digest(hash, bytes).
func (a *API) hostDigest() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		h := a.hash(c.Argument(0))()
		h.Write(a.view(c.Argument(1)))
		return a.buffer(h.Sum(nil))
	}
}

// hostHMAC is hmac(hash, key, bytes).
func (a *API) hostHMAC() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		m := hmac.New(a.hash(c.Argument(0)), a.view(c.Argument(1)))
		m.Write(a.view(c.Argument(2)))
		return a.buffer(m.Sum(nil))
	}
}

// hostEqual is equal(bytes, bytes), in a time that does not tell where they differ.
func (a *API) hostEqual() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		return a.vm.ToValue(subtle.ConstantTimeCompare(a.view(c.Argument(0)), a.view(c.Argument(1))) == 1)
	}
}

// hostPBKDF2 is pbkdf2(hash, password, salt, iterations, length).
func (a *API) hostPBKDF2() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		b, err := pbkdf2.Key(a.hash(c.Argument(0)), string(a.view(c.Argument(1))), a.view(c.Argument(2)), int(c.Argument(3).ToInteger()), int(c.Argument(4).ToInteger()))
		if err != nil {
			a.typeError("%v", err)
		}
		return a.buffer(b)
	}
}

// hostHKDF is hkdf(hash, secret, salt, info, length).
func (a *API) hostHKDF() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		b, err := hkdf.Key(a.hash(c.Argument(0)), a.view(c.Argument(1)), a.view(c.Argument(2)), string(a.view(c.Argument(3))), int(c.Argument(4).ToInteger()))
		if err != nil {
			a.typeError("%v", err)
		}
		return a.buffer(b)
	}
}

// hostAES is aes(name, encrypt, key, iv, data, more, tag): bytes, or what is wrong.
func (a *API) hostAES() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		b, err := aes.NewCipher(a.view(c.Argument(2)))
		if err != nil {
			return a.vm.ToValue(err.Error())
		}
		seal, iv, data := c.Argument(1).ToBoolean(), a.view(c.Argument(3)), a.view(c.Argument(4))
		var out []byte
		if c.Argument(0).String() == "AES-CBC" {
			out, err = cbc(b, seal, iv, data)
		} else {
			out, err = gcm(b, seal, iv, data, a.view(c.Argument(5)), int(c.Argument(6).ToInteger()))
		}
		if err != nil {
			return a.vm.ToValue(err.Error())
		}
		return a.buffer(out)
	}
}

func gcm(b cipher.Block, seal bool, iv, data, more []byte, tag int) ([]byte, error) {
	if len(iv) == 0 {
		return nil, fmt.Errorf("the iv is empty")
	}
	var g cipher.AEAD
	var err error
	switch {
	case tag == 16:
		g, err = cipher.NewGCMWithNonceSize(b, len(iv))
	case len(iv) == 12:
		g, err = cipher.NewGCMWithTagSize(b, tag)
	default:
		err = fmt.Errorf("AES-GCM with an iv of %d bytes and a tag of %d is not here; the real Workers runtime has it", len(iv), tag)
	}
	if err != nil {
		return nil, err
	}
	if seal {
		return g.Seal(nil, iv, data, more), nil
	}
	return g.Open(nil, iv, data, more)
}

// cbc pads as PKCS #7 does.
func cbc(b cipher.Block, seal bool, iv, data []byte) ([]byte, error) {
	if len(iv) != aes.BlockSize {
		return nil, fmt.Errorf("the iv is not 16 bytes")
	}
	if seal {
		n := aes.BlockSize - len(data)%aes.BlockSize
		for range n {
			data = append(data, byte(n))
		}
		cipher.NewCBCEncrypter(b, iv).CryptBlocks(data, data)
		return data, nil
	}
	if len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("decryption failed")
	}
	cipher.NewCBCDecrypter(b, iv).CryptBlocks(data, data)
	n := int(data[len(data)-1])
	if n < 1 || n > aes.BlockSize {
		return nil, fmt.Errorf("decryption failed")
	}
	for _, c := range data[len(data)-n:] {
		if int(c) != n {
			return nil, fmt.Errorf("decryption failed")
		}
	}
	return data[:len(data)-n], nil
}

// hostRandom is random(view): fills it.
func (a *API) hostRandom() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		a.env.Random(a.view(c.Argument(0)))
		return goja.Undefined()
	}
}

// hostHex is hex(n): n random bytes in hexadecimal.
func (a *API) hostHex() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		b := make([]byte, min(64, max(0, c.Argument(0).ToInteger())))
		a.env.Random(b)
		return a.vm.ToValue(hex.EncodeToString(b))
	}
}

// hostUUID is uuid(): a random UUID (RFC 9562, version 4).
func (a *API) hostUUID() func(goja.FunctionCall) goja.Value {
	return func(goja.FunctionCall) goja.Value {
		var b [16]byte
		a.env.Random(b[:])
		b[6], b[8] = b[6]&0x0F|0x40, b[8]&0x3F|0x80
		return a.vm.ToValue(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
	}
}
