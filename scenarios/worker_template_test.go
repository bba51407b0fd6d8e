package scenarios

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTemplate(t *testing.T) {
	known := append(workerSlots[:], "token")
	v := templateValues{key: 7, n: 42, random: func() uint64 { return 0xabc }, kept: []string{`a "b"/c`}}
	for text, want := range map[string]string{
		"/user/{key}": "/user/7", "{n}-{random}": "42-0000000000000abc", "{{key}}": "{key}", "{}": "{}", "{ key }": "{ key }",
		`{"a":{"b":{n}}}`: `{"a":{"b":42}}`, "/{token}": "/a%20%22b%22%2Fc", "{key}{key}": "77", "": "", "{": "{", "{{key}": "{7",
	} {
		parsed, bad := parseTemplate(text, known)
		if bad != nil {
			t.Errorf("%s: %s", text, bad.message)
		} else if got := string(parsed.append(nil, &v, inPath)); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	if _, bad := parseTemplate("ä{key}{oops}", known); bad == nil || bad.at != len("ä{key}") || !strings.Contains(bad.message, "{oops}") {
		t.Errorf("an unknown word: %+v", bad)
	}
}

// What a response gave stays what it is in a path, and in JSON.
func FuzzTemplate(f *testing.F) {
	for _, text := range []string{"/user/{key}", "{token}", "{{x}}{n}", `{"a":"{token}"}`} {
		f.Add(text, `a"b\c/ä`)
	}
	known := append(workerSlots[:], "token")
	f.Fuzz(func(t *testing.T, text, kept string) {
		parsed, bad := parseTemplate(text, known)
		if bad != nil {
			if bad.at < 0 || bad.at >= len(text) || text[bad.at] != '{' {
				t.Fatalf("%q is wrong at %d", text, bad.at)
			}
			return
		}
		v := templateValues{random: func() uint64 { return 0 }, kept: []string{kept}}
		parsed.append(nil, &v, asText)
		kept = strings.ToValidUTF8(kept, "?")
		if back, err := url.PathUnescape(string(inPath(nil, kept))); err != nil || back != kept {
			t.Errorf("%q in a path is %q, %v", kept, back, err)
		}
		var back string
		if err := json.Unmarshal([]byte(`"`+string(inJSON(nil, kept))+`"`), &back); err != nil || back != kept {
			t.Errorf("%q in JSON is %q, %v", kept, back, err)
		}
	})
}

var newYear = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestCron(t *testing.T) {
	for _, text := range []string{"* * * *", "* * * * 0", "* * * * 8", "0 0 L * *", "0 0 * * 6L", "0 0 * * 2#1", "@daily a b c d", "0 0 15W * *"} {
		if _, err := parseCron(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	for text, want := range map[string]string{ // after 2026-01-01, a Thursday
		"*/5 * * * *": "2026-01-01T00:05:00Z", "0 12 * * 1": "2026-01-04T12:00:00Z", "0 12 * * 2-3": "2026-01-05T12:00:00Z",
		"0 12 * * FRI": "2026-01-02T12:00:00Z", "30 1 15 * *": "2026-01-15T01:30:00Z", "0 0 * * 7": "2026-01-03T00:00:00Z",
	} {
		s, err := parseCron(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := s.Next(newYear).Format("2006-01-02T15:04:05Z07:00"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
