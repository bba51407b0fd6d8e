package scenarios

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kvbench/internal/suggest"
)

// workerSlots are the words in braces that every template knows.
var workerSlots = [...]string{"key", "n", "random"}

// The places of those among the values of a template; what is kept of a response comes
// after them.
const (
	slotKey = iota
	slotN
	slotRandom
	firstKept = len(workerSlots)
)

// slotText is a word in braces, or one in double braces, which stands for itself.
var slotText = regexp.MustCompile(`\{\{[A-Za-z][A-Za-z0-9_-]*\}\}|\{[A-Za-z][A-Za-z0-9_-]*\}`)

// template is a text with places for what a request has of its own.
type template []templatePart

// templatePart is a text, and what comes after it.
type templatePart struct {
	text string
	slot int // of the values; below 0: nothing
}

// templateError is what is wrong in a template.
type templateError struct {
	at            int // the byte
	message, hint string
}

// parseTemplate reads a text in which {word} stands for the value of a word that is known;
// {{word}} is {word} itself, and all other braces are text.
func parseTemplate(text string, known []string) (t template, bad *templateError) {
	for before := 0; ; {
		at := slotText.FindStringIndex(text)
		if at == nil {
			break
		}
		word := text[at[0]:at[1]]
		if strings.HasPrefix(word, "{{") {
			t = append(t, templatePart{text[:at[0]] + word[1:len(word)-1], -1})
		} else {
			name := word[1 : len(word)-1]
			slot := slices.Index(known, name)
			if slot < 0 {
				return nil, &templateError{
					at: before + at[0], message: fmt.Sprintf("there is no %s here", word),
					hint: suggest.Mean(name, "the words in braces are", known) + " ({{" + name + "}} is {" + name + "} itself)",
				}
			}
			t = append(t, templatePart{text[:at[0]], slot})
		}
		text, before = text[at[1]:], before+at[1]
	}
	if text != "" {
		t = append(t, templatePart{text, -1})
	}
	return t, nil
}

// templateValues are what stands in the place of words.
type templateValues struct {
	key    int
	n      uint64
	random func() uint64
	kept   []string // by slot, after firstKept
}

func (v *templateValues) append(b []byte, slot int, escape func([]byte, string) []byte) []byte {
	switch slot {
	case slotKey:
		return strconv.AppendInt(b, int64(v.key), 10)
	case slotN:
		return strconv.AppendUint(b, v.n, 10)
	case slotRandom:
		const digits = "0123456789abcdef"
		r := v.random()
		for shift := 60; shift >= 0; shift -= 4 {
			b = append(b, digits[r>>shift&15])
		}
		return b
	}
	return escape(b, v.kept[slot-firstKept])
}

// append appends the text with the values in their places, those that a response gave
// escaped.
func (t template) append(b []byte, v *templateValues, escape func([]byte, string) []byte) []byte {
	for _, p := range t {
		b = append(b, p.text...)
		if p.slot >= 0 {
			b = v.append(b, p.slot, escape)
		}
	}
	return b
}

// usesKey reports whether the key is in it.
func (t template) usesKey() bool {
	return slices.ContainsFunc(t, func(p templatePart) bool { return p.slot == slotKey })
}

// The ways to put what a response gave into a path, a header, a body that is JSON, and one
// that is text.

func inPath(b []byte, text string) []byte {
	return append(b, strings.ReplaceAll(url.QueryEscape(text), "+", "%20")...)
}

func inHeader(b []byte, text string) []byte {
	return append(b, strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, text)...)
}

func inJSON(b []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = append(b, string(r)...)
		}
	}
	return b
}

func asText(b []byte, text string) []byte { return append(b, text...) }
