// Package secret strikes secrets out of text, so that what a server echoes, or an
// error quotes, is not kept in a file or shown on a page.
package secret

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Mark stands where a secret stood.
const Mark = "[secret]"

const (
	// MinBytes is how long a secret has to be to be struck out of all text: what is
	// shorter stands in too many words by chance.
	MinBytes = 4
	// MinVariableBytes is how long the value of an environment variable that a
	// scenario file names has to be to be taken for a secret.
	MinVariableBytes = 8
	// cutBytes is how much of the beginning of a secret is struck out too: a text may
	// have been cut off within it.
	cutBytes = 16
)

// Set is the secrets that are known. The zero value and nil know none. It is safe for
// concurrent use.
type Set struct {
	mu    sync.Mutex
	known map[string]bool // forms; whether one was added as a secret
	forms atomic.Pointer[forms]
}

// forms are the ways in which secrets may stand in a text, by their first byte.
type forms [256][]string

// Add adds a secret: it is struck out as it is, as part of a URL, as a string of JSON
// or Go, in HTML and in base64, also where that encodes more than the secret; of one of
// several lines, each line is. One shorter than MinBytes is left alone.
func (s *Set) Add(secret string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(secret)
	for line := range strings.Lines(secret) {
		s.add(strings.TrimSpace(line))
	}
}

func (s *Set) add(secret string) {
	if s.known[secret] {
		return
	}
	if s.known == nil {
		s.known = map[string]bool{}
	}
	var all forms
	if before := s.forms.Load(); before != nil {
		all = *before
	}
	for _, form := range encodings(secret) {
		if _, twice := s.known[form]; !twice {
			s.known[form] = false
			all[form[0]] = append(all[form[0]], form) // behind what readers of before see
		}
	}
	s.known[secret] = true
	s.forms.Store(&all)
}

// Strike returns the text without the secrets. Of secrets that overlap, the first is
// struck out, and of those that begin alike the longest; so is what is only the
// beginning of one, from cutBytes on. Doing it twice is doing it once.
func (s *Set) Strike(text string) string {
	if s == nil {
		return text
	}
	known := s.forms.Load()
	if known == nil {
		return text
	}
	var out strings.Builder
	kept := 0 // up to here text is in out
	for i := 0; i < len(text); i++ {
		if strings.HasPrefix(text[i:], Mark) {
			i += len(Mark) - 1
			continue
		}
		if n := known.at(text[i:]); n > 0 {
			out.WriteString(text[kept:i])
			out.WriteString(Mark)
			kept = i + n
			i = kept - 1
		}
	}
	if kept == 0 {
		return text
	}
	out.WriteString(text[kept:])
	return out.String()
}

// at is how many bytes at the beginning of a text are a secret; 0 where none are.
func (f *forms) at(text string) int {
	most := 0
	look := func(first byte) {
		for _, form := range f[first] {
			if n, size := common(form, text); n >= min(len(form), cutBytes) {
				most = max(most, size)
			}
		}
	}
	look(text[0])
	if first, size := unescaped(text); size > 0 {
		look(first)
	}
	return most
}

// common is how many bytes of a form a text begins with, and how many bytes of the text
// that takes. In a URL any byte may be escaped; which are is the writer's choice.
func common(form, text string) (n, size int) {
	for n < len(form) && size < len(text) {
		if text[size] == form[n] {
			size++
		} else if b, escape := unescaped(text[size:]); escape > 0 && b == form[n] {
			size += escape
		} else {
			break
		}
		n++
	}
	return n, size
}

// unescaped is the byte that the escape of a URL stands for with which a text begins, and
// the escape's size; 0 where it begins with none.
func unescaped(text string) (b byte, size int) {
	switch {
	case text[0] == '+':
		return ' ', 1
	case text[0] == '%' && len(text) >= 3:
		if n, err := strconv.ParseUint(text[1:3], 16, 8); err == nil {
			return byte(n), 3
		}
	}
	return 0, 0
}
