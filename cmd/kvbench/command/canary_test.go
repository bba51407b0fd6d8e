package command

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"html"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kvbench/drivers/rest"
	"kvbench/internal/secret"
)

// canary is the part that all secrets of these tests have in common, behind the sixteen
// bytes of each that may stay where a text was cut off. It needs no escaping, so that it
// is found in every text that a secret got into, but for base64.
const canary = "cAnArY7"

const (
	canaryToken   = `0+1/2=3~4&5<6>78` + canary + `-9_token`    // of the environment
	canaryText    = `a "quoted" text ` + canary + " <&> \\ ünd" // of ${KVBENCH_TEXT}
	canaryAccount = `fedcba9876543210` + canary + `feed`        // of ${KVBENCH_ACCOUNT}
	canaryUser    = `user0123456789ab` + canary                 // in URLs
)

// canaryEnv sets the environment that holds the secrets.
func canaryEnv(t *testing.T) {
	t.Setenv(rest.TokenVariable, canaryToken)
	t.Setenv("KVBENCH_TEXT", canaryText)
	t.Setenv("KVBENCH_ACCOUNT", canaryAccount)
	t.Setenv("KVBENCH_NAME", strings.ToLower(canary)+"0123456789abcdef")
	t.Setenv("KVBENCH_USER", canaryUser)
}

// scenarioYAML is a small scenario file. Each of more is a line of the scenario.
func scenarioYAML(driver string, more ...string) string {
	return "driver: " + driver + `
scenarios:
  - name: s
    question: What does it do?
    pattern: coalesce
    variants: [seed]
    load: {rate: 200/s, transactions: 20}
    keys: {count: 3, size: 256B}
    with: {fields: 2, update: 0.5, update-fields: 1}
    ` + strings.Join(more, "\n    ") + "\n"
}

// canaryRun runs commands one after the other, in whose words DIR is a folder, FILE a
// scenario file and BASE the address of a server, and looks for the secrets in all that
// they leave. The first has to end with a status. Unless nothing is to be shown of a
// secret at all, something has to be struck out.
type canaryRun struct {
	server   func(t *testing.T) string
	file     string
	commands []string // words between spaces; SPACE is one within a word
	status   int
	unshown  bool
}

func (c canaryRun) run(t *testing.T) {
	dir, base := t.TempDir(), "http://127.0.0.1:1" // where nobody listens
	if c.server != nil {
		base = c.server(t)
	}
	file := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(c.file, "BASE", base)), 0o600); err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("BASE", base, "DIR", dir, "FILE", file, "SPACE", " ", "TOKEN", canaryToken, "USER", canaryUser)
	var out, errs bytes.Buffer
	for i, command := range c.commands {
		var args []string
		for word := range strings.FieldsSeq(command) {
			args = append(args, fill.Replace(word))
		}
		if status := execute(t.Context(), args, &out, &errs); i == 0 && status != c.status {
			t.Errorf("exit status %d, want %d\n%s%s", status, c.status, out.String(), errs.String())
		}
	}
	noCanary(t, !c.unshown, dir, map[string][]byte{"stdout": out.Bytes(), "stderr": errs.Bytes()})
}

// noCanary looks for the secrets in all files of a folder and in texts, and, where they
// are to be struck out, for their mark in at least one.
func noCanary(t *testing.T, marked bool, dir string, texts map[string][]byte) {
	t.Helper()
	seen := false
	look := func(name string, data []byte) {
		seen = seen || bytes.Contains(data, []byte(secret.Mark))
		if at := found(data); at != "" {
			t.Errorf("%s holds a secret: %s", name, at)
		}
	}
	for name, text := range texts {
		look(name, text)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		look("the name of "+path, []byte(strings.TrimPrefix(path, dir)))
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		look(strings.TrimPrefix(path, dir), data)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if marked && !seen {
		t.Errorf("nothing was struck out: does the case show anything?\n%s%s", texts["stdout"], texts["stderr"])
	}
}

var (
	percent = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	escapes = regexp.MustCompile(`\\u[0-9A-Fa-f]{4}`)
	digits  = regexp.MustCompile(`[A-Za-z0-9+/_-]{12,}`)
)

// found is where the canary stands in data, in any form; empty where it does not.
func found(data []byte) string {
	if in, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		if data, err = io.ReadAll(in); err != nil {
			return "a damaged file of gzip: " + err.Error()
		}
	}
	text := string(data)
	plain := func(text string) string {
		lower := strings.ToLower(text)
		if at := strings.Index(lower, strings.ToLower(canary)); at >= 0 {
			return strconv.Quote(text[max(0, at-60):min(len(text), at+60)])
		}
		return ""
	}
	forms := []string{text, html.UnescapeString(text)}
	forms = append(forms, percent.ReplaceAllStringFunc(text, func(hex string) string {
		one, _ := url.PathUnescape(hex)
		return one
	}), escapes.ReplaceAllStringFunc(text, func(hex string) string {
		one, _ := strconv.Unquote(`"` + hex + `"`)
		return one
	}))
	for _, form := range forms {
		if at := plain(form); at != "" {
			return at
		}
	}
	for _, run := range digits.FindAllString(text, -1) {
		run = strings.NewReplacer("-", "+", "_", "/").Replace(run)
		for from := range 4 { // wherever its groups of four begin
			part := run[from:]
			if whole, err := base64.RawStdEncoding.DecodeString(part[:len(part)/4*4]); err == nil {
				if at := plain(string(whole)); at != "" {
					return "in base64: " + at
				}
			}
		}
	}
	return ""
}

// The search finds what it looks for.
func TestCanaryIsFound(t *testing.T) {
	for name, say := range ways {
		if found([]byte("before "+say("Bearer "+canaryToken)+" after")) == "" {
			t.Errorf("%s it is not found", name)
		}
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	io.WriteString(w, canaryToken)
	w.Close()
	if found(zipped.Bytes()) == "" {
		t.Error("it is not found in gzip")
	}
	if at := found([]byte("the token is " + secret.Mark + canaryToken[:16])); at != "" {
		t.Errorf("found where it is not: %s", at)
	}
}
