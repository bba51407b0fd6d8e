// Package secret strikes secrets out of text, so that what a server echoes, or an
// error quotes, is not kept in a file or shown on a page.
package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Mark stands where a secret stood.
const Mark = "[secret]"

// MinBytes is how long a secret has to be to be struck out of all text: what is
// shorter stands in too many words by chance.
const MinBytes = 4

// Set is the secrets that are known. The zero value knows none. It is safe for
// concurrent use.
type Set struct {
	mu       sync.Mutex
	forms    []string // of all secrets, longest first
	replacer atomic.Pointer[strings.Replacer]
}

// Add adds a secret: it is struck out as it is, as part of a URL, as a JSON string
// and in base64, also where that encodes more than the secret. One shorter than
// MinBytes is left alone.
func (s *Set) Add(secret string) {
	if len(secret) < MinBytes {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, form := range forms(secret) {
		if !slices.Contains(s.forms, form) {
			s.forms = append(s.forms, form)
		}
	}
	// A replacer takes the first that fits, so the longest have to come first.
	slices.SortFunc(s.forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	pairs := make([]string, 0, 2*len(s.forms))
	for _, form := range s.forms {
		pairs = append(pairs, form, Mark)
	}
	s.replacer.Store(strings.NewReplacer(pairs...))
}

// AddURL adds the user and the password of a URL, and their pair as it stands in
// one, however short.
func (s *Set) AddURL(u *url.URL) {
	if u.User == nil {
		return
	}
	s.Add(u.User.String() + "@")
	s.Add(u.User.Username())
	if password, ok := u.User.Password(); ok {
		s.Add(password)
	}
}

// Strike returns the text without the secrets.
func (s *Set) Strike(text string) string {
	r := s.replacer.Load()
	if r == nil {
		return text
	}
	return r.Replace(text)
}

// Writer returns a writer that strikes the secrets out of each text that it is
// given, and passes it on to w in one call.
func (s *Set) Writer(w io.Writer) io.Writer { return &writer{set: s, w: w} }

type writer struct {
	set *Set
	w   io.Writer
}

func (w *writer) Write(text []byte) (int, error) {
	if w.set.replacer.Load() == nil {
		return w.w.Write(text)
	}
	if _, err := io.WriteString(w.w, w.set.Strike(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// forms are the ways in which a secret may stand in a text.
func forms(secret string) []string {
	all := []string{secret}
	add := func(form string) {
		if len(form) >= MinBytes && !slices.Contains(all, form) {
			all = append(all, form)
		}
	}
	for _, escaped := range []string{url.QueryEscape(secret), url.PathEscape(secret)} {
		add(escaped)
		add(lowerHex(escaped))
	}
	add(quoted(secret, true))
	add(quoted(secret, false))
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			add(inner(encoding, secret, before))
		}
	}
	return all
}

// lowerHex writes the hexadecimal digits of a URL's escapes in lower case.
func lowerHex(escaped string) string {
	out := []byte(escaped)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i+1:], bytes.ToLower(out[i+1:i+3]))
			i += 2
		}
	}
	return string(out)
}

// quoted is the inside of the JSON string of a text.
func quoted(text string, html bool) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	if e.Encode(text) != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
}

// inner is what the base64 of a text has in common whatever stands around the
// secret, when so many bytes stand before it in its first group of three.
func inner(encoding *base64.Encoding, secret string, before int) string {
	text := append(make([]byte, before), secret...)
	encoded := encoding.EncodeToString(text)
	from := 0 // the digits that bytes before the secret have a part in
	if before > 0 {
		from = before + 1
	}
	to := len(text) * 8 / 6 // the digits that the secret fills alone
	if from >= to {
		return ""
	}
	return encoded[from:to]
}
