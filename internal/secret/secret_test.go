package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kvbench/internal/secret"

	"pgregory.net/rapid"
)

const canary = `c4n/ry+t0k"en<&>é`

func TestStrike(t *testing.T) {
	var s secret.Set
	if s.Strike(canary) != canary {
		t.Error("the empty set strikes")
	}
	s.Add(canary)
	s.Add("abc") // too short
	encoded, _ := json.Marshal("Bearer " + canary)
	for _, text := range []string{
		canary, url.QueryEscape(canary), url.PathEscape(canary), strings.ToLower(url.QueryEscape(canary)),
		string(encoded), base64.StdEncoding.EncodeToString([]byte(canary)),
		base64.URLEncoding.EncodeToString([]byte("x" + canary + "y")), base64.RawStdEncoding.EncodeToString([]byte("Bearer " + canary)),
	} {
		got := s.Strike("before " + text + " after")
		if !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " after") || !strings.Contains(got, secret.Mark) {
			t.Errorf("%s: %s", text, got)
		}
	}
	if got := s.Strike("abcdef"); got != "abcdef" {
		t.Errorf("a short one is struck out: %s", got)
	}
}

// One secret within another is struck out with it.
func TestStrikeLongestFirst(t *testing.T) {
	var s secret.Set
	s.Add("token")
	s.Add("token-and-more")
	if got := s.Strike("x token-and-more y token z"); got != "x [secret] y [secret] z" {
		t.Error(got)
	}
}

func TestStrikeURL(t *testing.T) {
	var s secret.Set
	for _, raw := range []string{"http://me:pw@127.0.0.1/", "http://justauser@127.0.0.1/"} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		s.AddURL(u)
		if got := s.Strike("no answer from " + raw); strings.Contains(got, "pw") || strings.Contains(got, "justauser") {
			t.Error(got)
		}
	}
}

func TestWriter(t *testing.T) {
	var s secret.Set
	var out bytes.Buffer
	w := s.Writer(&out)
	fmt.Fprint(w, "hello ")
	s.Add("swordfish")
	n, err := w.Write([]byte("swordfish!"))
	if n != len("swordfish!") || err != nil || out.String() != "hello [secret]!" {
		t.Errorf("%d, %v, %q", n, err, out.String())
	}
}

// Whatever stands around a secret, its base64 does not give it away.
func TestBase64AtAnyOffset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.StringMatching(`[A-Za-z0-9_-]{16,60}`).Draw(t, "token")
		before := rapid.SliceOfN(rapid.Byte(), 0, 10).Draw(t, "before")
		after := rapid.SliceOfN(rapid.Byte(), 0, 10).Draw(t, "after")
		var s secret.Set
		s.Add(token)
		encoded := base64.StdEncoding.EncodeToString(append(append(before, token...), after...))
		if got := s.Strike(encoded); !strings.Contains(got, secret.Mark) {
			t.Fatalf("%s keeps %s", got, token)
		}
	})
}
