package emulator

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"kvbench/kv"
)

const (
	// around is how much a form may have beside its value.
	around = 64 << 10
	// maxParts is how many parts a form may have; two have a meaning.
	maxParts = 100
)

// form reads a request's body into value, and returns the metadata.
func (c *call) form(value *bytes.Buffer) (metadata []byte, err error) {
	boundary, isForm, err := c.boundary()
	most := kv.MaxValueBytes
	if isForm {
		most += around
	}
	switch {
	case err != nil:
		return nil, err
	case c.ContentLength > int64(most):
		return nil, errTooLarge("Value", c.ContentLength, kv.MaxValueBytes)
	case !isForm:
		value.Grow(int(min(max(c.ContentLength, 0), keep/2)) + bytes.MinRead) // more only as it comes
		return nil, copyPart(value, c.in(kv.MaxValueBytes+1), "Value", kv.MaxValueBytes)
	}
	parts := multipart.NewReader(io.MultiReader(c.in(most), strings.NewReader("\r\n"), cut{}), boundary)
	found := map[string]bool{}
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		switch {
		case err == io.EOF && !found["value"]: // our words
			return nil, refuse(http.StatusBadRequest, codeForm, "the form has no part named value")
		case err == io.EOF:
			return metadata, nil
		case err != nil:
			return nil, errForm(err)
		case n == maxParts: // our words
			return nil, refuse(http.StatusBadRequest, codeForm, "the form has more than %d parts", maxParts)
		}
		name := part.FormName()
		if found[name] {
			c.ignore("form part %q is given more than once: the last counts", name)
		}
		switch name {
		case "value":
			found[name] = true
			value.Reset()
			err = copyPart(value, part, "Value", kv.MaxValueBytes)
		case "metadata":
			found[name] = true
			var text bytes.Buffer
			err = copyPart(&text, part, "Metadata", kv.MaxMetadataBytes)
			metadata = text.Bytes()
		default:
			c.ignore("form part %.40q is not known and was ignored", name)
		}
		if err != nil {
			return nil, err
		}
	}
}

// cut is where a form ends that did not end before. The reader of forms takes an end
// among the headers of a part for the form's. A line end comes before, as the last
// boundary may have none.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// boundary is what parts a form's body.
func (c *call) boundary() (boundary string, isForm bool, err error) {
	const form = "multipart/form-data"
	text := c.Header.Get("Content-Type")
	if len(text) < len(form) || !strings.EqualFold(text[:len(form)], form) {
		return "", false, nil
	}
	kind, params, err := mime.ParseMediaType(text)
	if err == nil && kind != form {
		return "", false, nil
	}
	if err == nil && params["boundary"] == "" {
		err = errors.New("its Content-Type names no boundary")
	}
	if err != nil {
		return "", true, errForm(err)
	}
	return params["boundary"], true, nil
}

// errForm is what a client should hear of an error that came while its form was
// read: what the connection had to say of it, or that it is no form.
func errForm(err error) error {
	var refused *kv.Error
	if errors.As(err, &refused) {
		return refused
	}
	return refuse(http.StatusBadRequest, codeForm, "could not parse the form: %v", err) // our words
}

// copyPart copies at most limit bytes.
func copyPart(to *bytes.Buffer, from io.Reader, what string, limit int) error {
	n, err := to.ReadFrom(io.LimitReader(from, int64(limit)+1))
	switch {
	case err != nil:
		return errForm(err)
	case n <= int64(limit):
		return nil
	case limit < around: // short enough to say how long it is, as far as it comes
		more, _ := io.Copy(io.Discard, from)
		n += more
	}
	return errTooLarge(what, n, limit)
}

func errTooLarge(what string, n int64, limit int) error {
	return refuse(http.StatusRequestEntityTooLarge, codeTooLarge, "%s length of %d exceeds limit of %d.", what, n, limit)
}
