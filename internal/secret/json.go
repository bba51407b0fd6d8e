package secret

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
)

// StrikeJSON strikes the secrets out of the strings of a JSON text, but for the names of
// members and for what stands under those that are given. All else stays to the last
// byte: numbers stay numbers, whatever the secrets are. Of what is no JSON they are
// struck out as of any text.
func (s *Set) StrikeJSON(text []byte, but ...string) []byte {
	if s == nil || s.forms.Load() == nil {
		return text
	}
	var out bytes.Buffer
	kept := 0 // up to here text is in out
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	var within []json.Token // the brackets that are open
	for name := false; ; {  // whether the next token is the name of a member
		from := int(in.InputOffset())
		token, err := in.Token()
		if err == io.EOF {
			out.Write(text[kept:])
			return out.Bytes()
		}
		word, isString := token.(string)
		switch {
		case err != nil:
			return []byte(s.Strike(string(text)))
		case token == json.Delim('{') || token == json.Delim('['):
			within = append(within, token)
			name = token == json.Delim('{')
			continue
		case token == json.Delim('}') || token == json.Delim(']'):
			within = within[:len(within)-1]
		case isString && name && slices.Contains(but, word):
			var left json.RawMessage
			if err := in.Decode(&left); err != nil {
				return []byte(s.Strike(string(text)))
			}
		case isString && name:
			name = false
			continue
		case isString:
			if struck := s.Strike(word); struck != word {
				out.Write(text[kept : from+bytes.IndexByte(text[from:], '"')])
				out.Write(quote(struck, false))
				kept = int(in.InputOffset())
			}
		}
		name = len(within) > 0 && within[len(within)-1] == json.Delim('{')
	}
}
