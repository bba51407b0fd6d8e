package webapi

import "github.com/dop251/goja"

// host is a primitive in Go that the prelude uses.
type host struct {
	name string
	bind func(a *API) func(goja.FunctionCall) goja.Value
}

var hosts = []host{
	{"load", (*API).hostLoad},
	{"encode", (*API).hostEncode},
	{"decode", (*API).hostDecode},
	{"wellFormed", (*API).hostWellFormed},
	{"encodeInto", (*API).hostEncodeInto},
	{"encoding", (*API).hostEncoding},
	{"decodeWith", (*API).hostDecodeWith},
	{"atob", (*API).hostAtob},
	{"btoa", (*API).hostBtoa},
	{"compress", (*API).hostCompress},
	{"decompress", (*API).hostDecompress},
	{"transfer", (*API).hostTransfer},
	{"detached", (*API).hostDetached},
	{"href", (*API).hostHref},
	{"url", (*API).hostURL},
	{"urlSet", (*API).hostURLSet},
	{"formDecode", (*API).hostFormDecode},
	{"formEncode", (*API).hostFormEncode},
	{"multipart", (*API).hostMultipart},
	{"digest", (*API).hostDigest},
	{"hmac", (*API).hostHMAC},
	{"equal", (*API).hostEqual},
	{"pbkdf2", (*API).hostPBKDF2},
	{"hkdf", (*API).hostHKDF},
	{"aes", (*API).hostAES},
	{"aesKW", (*API).hostAESKW},
	{"random", (*API).hostRandom},
	{"hex", (*API).hostHex},
	{"uuid", (*API).hostUUID},
	{"regexp", (*API).hostRegexp},
	{"round", (*API).hostRound},
	{"collate", (*API).hostCollate},
	{"timer", (*API).hostTimer},
	{"report", (*API).hostReport},
	{"missingClasses", (*API).hostMissing},
}

// hostLoad is load(file): runs a file of the prelude, once.
func (a *API) hostLoad() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		if err := a.load(c.Argument(0).String()); err != nil {
			panic(a.vm.NewGoError(err))
		}
		return goja.Undefined()
	}
}

// hostTimer is timer(ms, f).
func (a *API) hostTimer() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		f, ok := goja.AssertFunction(c.Argument(1))
		if !ok || a.env.Timer == nil {
			a.typeError("AbortSignal.timeout is not here; the real Workers runtime has it.")
		}
		a.env.Timer(c.Argument(0).ToFloat(), func() {
			if _, err := f(goja.Undefined()); err != nil && a.env.Report != nil {
				a.env.Report(a.vm.ToValue(err.Error()))
			}
		})
		return goja.Undefined()
	}
}

// hostReport is report(error).
func (a *API) hostReport() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		if a.env.Report != nil {
			a.env.Report(c.Argument(0))
		}
		return goja.Undefined()
	}
}

// hostMissing is missingClasses(): the names of globals that throw when they are used.
func (a *API) hostMissing() func(goja.FunctionCall) goja.Value {
	return func(goja.FunctionCall) goja.Value {
		names := make([]any, len(missing))
		for i, e := range missing {
			names[i] = e.Name
		}
		return a.vm.NewArray(names...)
	}
}
