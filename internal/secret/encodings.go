package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// encodings are the ways in which a secret may stand in a text, but for the escapes of
// URLs; none where it is shorter than MinBytes.
func encodings(secret string) []string {
	var all []string
	add := func(form string) {
		if len(form) >= MinBytes && !slices.Contains(all, form) {
			all = append(all, form)
		}
	}
	add(secret)
	if all == nil {
		return nil
	}
	for _, html := range []bool{true, false} {
		add(inJSON(secret, html))
		add(inJSON(inJSON(secret, html), html)) // what a server has in JSON it may quote in JSON
	}
	add(strings.ReplaceAll(inJSON(secret, false), "/", `\/`))
	add(strings.Trim(strconv.Quote(secret), `"`))
	add(html.EscapeString(secret))
	add(strings.NewReplacer("&#34;", "&quot;", "&#39;", "&apos;").Replace(html.EscapeString(secret)))
	for _, escape := range []string{`\u%04x`, `\u%04X`, "&#%d;", "&#x%x;", "&#x%X;"} {
		add(escaped(secret, escape, false))
		add(escaped(secret, escape, true))
	}
	add(strings.ToLower(secret)) // as the scheme or host of a URL
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			add(inner(encoding, secret, before))
		}
	}
	return all
}

// escaped is a text in which all but letters and digits, or also these, are escaped.
func escaped(text, format string, all bool) string {
	var b strings.Builder
	for _, r := range text {
		if alike := r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)); alike && !all {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, format, r)
		}
	}
	return b.String()
}

// inJSON is the inside of the JSON string of a text.
func inJSON(text string, html bool) string {
	quoted := string(quote(text, html))
	return quoted[1 : len(quoted)-1]
}

// quote is the JSON string of a text.
func quote(text string, html bool) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	if err := e.Encode(text); err != nil { // a string always has one
		panic("secret: " + err.Error())
	}
	return bytes.TrimSpace(b.Bytes())
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
