package webapi

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/dop251/goja"
)

// maxParts is how many parts a form has at most.
const maxParts = 10_000

type part struct {
	name, filename, mime string
	file                 bool
	content              []byte
}

// hostMultipart is multipart(bytes, type): of each part its name, its filename or null, its
// type and its content; or a TypeError.
func (a *API) hostMultipart() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		parts, err := parseMultipart(a.view(c.Argument(0)), c.Argument(1).String())
		if err != nil {
			a.typeError("Failed to parse the form: %v", err)
		}
		out := make([]any, len(parts))
		for i, p := range parts {
			filename := goja.Null()
			if p.file {
				filename = a.vm.ToValue(p.filename)
			}
			out[i] = a.vm.NewArray(p.name, filename, p.mime, a.vm.NewArrayBuffer(p.content))
		}
		return a.vm.NewArray(out...)
	}
}

func parseMultipart(body []byte, contentType string) ([]part, error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, err
	}
	if params["boundary"] == "" {
		return nil, errors.New("no boundary is given in the Content-Type")
	}
	r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	var out []part
	for {
		in, err := r.NextRawPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if len(out) == maxParts {
			return nil, errors.New("over 10,000 parts")
		}
		p, err := readPart(in)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
}

func readPart(in *multipart.Part) (part, error) {
	kind, params, err := mime.ParseMediaType(in.Header.Get("Content-Disposition"))
	if err != nil {
		return part{}, err
	}
	name, ok := params["name"]
	if kind != "form-data" || !ok {
		return part{}, errors.New("a part has no Content-Disposition of form-data with a name")
	}
	p := part{name: unquote(name), mime: in.Header.Get("Content-Type")}
	if f, ok := params["filename"]; ok {
		p.file, p.filename = true, unquote(f)
		if p.mime == "" {
			p.mime = "text/plain"
		}
	}
	p.content, err = io.ReadAll(in) // as much as the body holds
	return p, err
}

// unquote takes back what the HTML standard escapes in a name.
func unquote(s string) string {
	return strings.NewReplacer("%0D%0A", "\r\n", "%0A", "\n", "%0D", "\r", "%22", `"`).Replace(decode([]byte(s)))
}
