package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"sync"
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
		strings.ReplaceAll(canary, "t0k", "%740%6b"), "%63" + canary[1:],
		string(encoded), strconv.Quote(canary), html.EscapeString(canary), base64.StdEncoding.EncodeToString([]byte(canary)),
		`c4n\/ry+t0k\"en<&>é`, `c4n\u002Fry\u002bt0k\u0022en\u003c\u0026\u003e\u00e9`, `c4n\u002Fry\u002Bt0k\u0022en\u003C\u0026\u003E\u00E9`,
		"c4n/ry+t0k&quot;en&lt;&amp;&gt;é", "&#99;&#52;&#110;&#47;&#114;&#121;&#43;&#116;&#48;&#107;&#34;&#101;&#110;&#60;&#38;&#62;&#233;",
		"c4n&#x2F;ry&#x2B;t0k&#x22;en&#x3C;&#x26;&#x3E;&#xE9;", strings.ToLower(canary),
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

// Users and passwords of URLs, right and wrong ones, are struck out of what quotes them.
func TestAddURLs(t *testing.T) {
	for _, raw := range []string{
		"http://me:s3cr3t@127.0.0.1/",
		"http://s3cr3t@127.0.0.1/",
		"rest://s3cr3t@account/namespace",
		"rest:s3cr3t@account/namespace",
		"rest:/me:s3cr3t@account/namespace",
		"//me:s3cr3t@account/namespace",
		"rest://me:s3cr3t@ho st/%zz",
		"rest://me:p4rt/s3cr3t@account/namespace", // the host is me, its port is none
		"rest://account/namespace?base=http://me:s3cr3t@127.0.0.1:8787&locations=3",
		"rest://account/namespace?base=http%3A%2F%2Fs3cr3t%40127.0.0.1",
		"rest://account/namespace?base=s3cr3t@127.0.0.1",
		"rest://account/namespace?base=http://a/b?s3cr3t@127.0.0.1",
		"--driver=rest://s3cr3t@account/namespace",
		`  driver: "rest://s3cr3t@account/namespace" # and so on`,
	} {
		var s secret.Set
		s.AddURLs(raw)
		decoded, _ := url.QueryUnescape(raw)
		for _, text := range []string{raw, decoded, "no answer of s3cr3t", `invalid port ":s3cr3t" after host`} {
			if got := s.Strike(text); strings.Contains(got, "s3cr3t") {
				t.Errorf("%s: %s", raw, got)
			}
		}
	}
}

// A short user is struck out where it stands as one, and nowhere else; what stands
// elsewhere before an @ is none.
func TestAddURLsLeaves(t *testing.T) {
	var s secret.Set
	for _, raw := range []string{
		"http://pw@127.0.0.1/", "cloudflare://account/team@example.com", "who: bob@example.com", "embedded://?locations=3",
		"rest://account/namespace?base=http://${WHO}:${PASSWORD}@127.0.0.1",
	} {
		s.AddURLs(raw)
	}
	const text = "pw, account, team, bob, embedded://?locations=3, ${PASSWORD} and "
	if got := s.Strike(text + "http://pw@127.0.0.1/"); got != text+"http:"+secret.Mark+"127.0.0.1/" {
		t.Error(got)
	}
}

// What a text was cut off in is struck out from sixteen bytes on.
func TestStrikeBeginning(t *testing.T) {
	const token = "0123456789abcdefghijklmnopqrstuvwxyz"
	var s secret.Set
	s.Add(token)
	for text, want := range map[string]string{
		`a value: "Bearer ` + token[:16] + `"`: `a value: "Bearer [secret]"`,
		token[:30] + "...":                     "[secret]...",
		token[:15]:                             token[:15],
	} {
		if got := s.Strike(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// Of several lines each is struck out: a text may be shown line by line.
func TestStrikeLines(t *testing.T) {
	var s secret.Set
	s.Add("first line\n  second line\nend\n")
	if got := s.Strike("  second line of first line, in the end"); got != "  [secret] of [secret], in the end" {
		t.Error(got)
	}
}

// Secrets may be added while texts are struck.
func TestConcurrent(t *testing.T) {
	var s secret.Set
	s.Add("sword-0")
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 200 {
				s.Add(fmt.Sprintf("sword-%d-%d", worker, i))
				if got := s.Strike("sword-0 and fish"); got != "[secret] and fish" {
					t.Error(got)
				}
			}
		})
	}
	all.Wait()
	if got := s.Strike("sword-3-199"); got != secret.Mark {
		t.Error(got)
	}
}

// Striking twice is striking once, though the mark is a text like any other.
func TestStrikeTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s secret.Set
		text := rapid.StringMatching(`(secret|\[secret\]|ret\]|[a-c ]){0,20}`).Draw(t, "text")
		for _, one := range rapid.SliceOfN(rapid.StringMatching(`secret|\[secret|ret\]|[a-c]{4,6}`), 1, 3).Draw(t, "secrets") {
			s.Add(one)
		}
		once := s.Strike(text)
		if twice := s.Strike(once); twice != once {
			t.Fatalf("%q, then %q", once, twice)
		}
	})
}

func TestNil(t *testing.T) {
	var s *secret.Set
	s.Add("swordfish")
	s.AddURLs("http://swordfish@127.0.0.1")
	if got := s.Strike("swordfish"); got != "swordfish" {
		t.Error(got)
	}
	if got := string(s.StrikeJSON([]byte(`"swordfish"`))); got != `"swordfish"` {
		t.Error(got)
	}
}

// Names and numbers of a JSON text stay, and so does what it was asked to leave.
func TestStrikeJSON(t *testing.T) {
	var s secret.Set
	s.Add("response")
	s.Add("12345678")
	s.Add(`a"b<c`)
	for in, want := range map[string]string{
		`{"response":{"response":12345678,"x":["response","12345678!",true]}}`: `{"response":{"response":12345678,"x":["[secret]","[secret]!",true]}}`,
		`{ "names" : ["response",{"a":"response"}] , "a" : "response" }`:       `{ "names" : ["response",{"a":"response"}] , "a" : "[secret]" }`,
		`{"a":{"names":"response"},"b":"1 a\"b<c","names":[]}`:                 `{"a":{"names":"response"},"b":"1 [secret]","names":[]}`,
		`"say \"a\\\"b\\u003cc\""` + "\n":                                      `"say \"[secret]\""` + "\n",
		`{"response" and no JSON`:                                              `{"[secret]" and no JSON`,
		`{"a":"response"}{"a":"response"}`:                                     `{"a":"[secret]"}{"a":"[secret]"}`,
		`-12345678e3`:                                                          `-12345678e3`,
	} {
		if got := string(s.StrikeJSON([]byte(in), "names")); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", in, got, want)
		}
	}
}

// However a text comes in parts, what is passed on is the struck text.
func TestWriterParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s secret.Set
		s.Add("swordfish")
		text := rapid.StringMatching(`(swordfish|sword|\n|fish| ){0,12}`).Draw(t, "text")
		var out bytes.Buffer
		w := s.Writer(&out)
		for rest := text; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			if written, err := w.Write([]byte(rest[:n])); written != n || err != nil {
				t.Fatalf("%d, %v", written, err)
			}
			rest = rest[n:]
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if want := s.Strike(text); out.String() != want {
			t.Fatalf("%q, want %q", out.String(), want)
		}
	})
}

// A line comes out at its end, not before; JSON comes after what was written before it.
func TestWriter(t *testing.T) {
	var s secret.Set
	var out bytes.Buffer
	w := s.Writer(&out)
	fmt.Fprint(w, "hello sword")
	s.Add("swordfish")
	if out.String() != "" {
		t.Errorf("%q comes too early", out.String())
	}
	fmt.Fprint(w, "fish!\nhello")
	if out.String() != "hello [secret]!\n" {
		t.Errorf("got %q", out.String())
	}
	if err := w.WriteJSON([]byte(`{"swordfish":"swordfish"}`)); err != nil {
		t.Error(err)
	}
	if out.String() != "hello [secret]!\nhello"+`{"swordfish":"[secret]"}` {
		t.Errorf("got %q", out.String())
	}
	if w.Unwrap() != &out {
		t.Error("what it writes to is hidden")
	}
}

// A full disk is heard of.
func TestWriterFails(t *testing.T) {
	var s secret.Set
	w := s.Writer(full{})
	if n, err := fmt.Fprintln(w, "hello"); n != 0 || err == nil {
		t.Errorf("Write: %d, %v", n, err)
	}
	fmt.Fprint(w, "hello")
	if w.Flush() == nil {
		t.Error("Flush: no error")
	}
	if w.WriteJSON([]byte("{}")) == nil {
		t.Error("WriteJSON: no error")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

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
