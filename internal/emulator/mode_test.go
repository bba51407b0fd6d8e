package emulator

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/kv"
)

// modes opens a store of the mode that is asked for, under load.
func (h *host) modes(mode string) (kv.Store, error) {
	driver := "embedded://?profile=none&propagation=0"
	if mode != "" {
		driver += "&mode=" + mode
	}
	s, err := drivers.Open(driver, drivers.Env{Clock: h.clk, Seed: 1})
	if p, ok := s.(kv.Phased); ok {
		p.BeginLoad(h.clk.Now())
	}
	return s, err
}

// A namespace is made with a mode and a jurisdiction, tells both, and keeps them
// through a new title and a restart.
func TestModeAndJurisdiction(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{})
	h.open = h.modes
	make := func(title, more string) answer {
		return h.do("POST", spacesPath, strings.NewReader(fmt.Sprintf(`{"title":%q%s}`, title, more)))
	}
	facts := func(a answer) string {
		t.Helper()
		if a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
		ns := a.Result.(map[string]any)
		return fmt.Sprint(ns["title"], " ", ns["mode"], " ", ns["jurisdiction"])
	}
	var ids []string
	for _, test := range []struct{ title, more, want string }{
		{"plain", "", "plain <nil> <nil>"},
		{"classic", `,"mode":"classic","jurisdiction":"fedramp"`, "classic <nil> fedramp"},
		{"instant", `,"mode":"instant"`, "instant instant <nil>"},
		{"both", `,"mode":"instant","jurisdiction":"eu"`, "both instant eu"},
		{"us", `,"jurisdiction":"us"`, "us <nil> us"},
	} {
		a := make(test.title, test.more)
		if got := facts(a); got != test.want {
			t.Errorf("made: got %s, want %s", got, test.want)
		}
		id := a.Result.(map[string]any)["id"].(string)
		ids = append(ids, id)
		if got := facts(h.do("GET", spacesPath+"/"+id, nil)); got != test.want {
			t.Errorf("asked: got %s, want %s", got, test.want)
		}
	}
	for more, want := range map[string]string{
		`,"mode":"fast"`:           `Invalid mode "fast": want classic or instant.`,
		`,"jurisdiction":"mars"`:   `Invalid jurisdiction "mars": want eu, us, fedramp.`,
		`,"jurisdiction":"EU"`:     `Invalid jurisdiction "EU"`,
		`,"mode":"\u0000instant"`:  "Invalid mode",
		`,"mode":["instant"]`:      "",
		`,"mode":"instant","x":{}`: "-", // what is not known is let be
	} {
		a := make("other"+more, more)
		if ok := want == "-"; (a.status == http.StatusOK) != ok || !ok && (a.status != http.StatusBadRequest || !strings.Contains(string(a.body), jsonText(want))) {
			t.Errorf("%s: %d %s", more, a.status, a.body)
		}
	}
	rename := func(more string) answer {
		return h.do("PUT", spacesPath+"/"+ids[3], strings.NewReader(`{"title":"renamed"`+more+`}`))
	}
	for _, more := range []string{`,"jurisdiction":"us"`, `,"mode":"fast"`} {
		if a := rename(more); a.status != http.StatusBadRequest {
			t.Errorf("renamed with %s: %d %s", more, a.status, a.body)
		}
	}
	if got := facts(rename(`,"mode":"instant"`)); got != "renamed instant eu" {
		t.Errorf("renamed: %s", got)
	}

	path := filepath.Join(t.TempDir(), "kv.state")
	if err := h.Save(path); err != nil {
		t.Fatal(err)
	}
	again := empty(t, "embedded://?profile=none&propagation=0", h.clk)
	again.open = h.modes
	if err := again.Load(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	for _, n := range again.Namespaces() {
		if got := n.Store.Capabilities().Mode; got != n.Mode {
			t.Errorf("%s has a store of mode %q, want %q", n.Title, got, n.Mode)
		}
		if n.ID == ids[3] && (n.Mode != "instant" || n.Jurisdiction != "eu") {
			t.Errorf("after the restart: %+v", n)
		}
	}
	for _, n := range []Namespace{{Title: "plain", Mode: "instant"}, {Title: "us"}, {Title: "instant"}} {
		if err := again.EnsureNamespace(n); err == nil || !strings.Contains(err.Error(), "can't be changed") {
			t.Errorf("%+v is there already, of another kind: %v", n, err)
		}
	}
}

// jsonText is a text as it stands within a JSON string.
func jsonText(s string) string { return strings.ReplaceAll(s, `"`, `\"`) }

// A namespace of Workers KV Instant over HTTP: its limits, and no metadata.
func TestInstantOverHTTP(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{})
	h.open = h.modes
	made := h.do("POST", spacesPath, strings.NewReader(`{"title":"i","mode":"instant"}`))
	h.space = spacesPath + "/" + made.Result.(map[string]any)["id"].(string)
	check := func(what string, a answer, status, code int, text string) {
		t.Helper()
		got := message{}
		if len(a.Errors) > 0 {
			got = a.Errors[0]
		}
		if a.status != status || got.Code != code || !strings.Contains(got.Message, text) {
			t.Errorf("%s: %d %s, want %d %d %s", what, a.status, a.body, status, code, text)
		}
		h.clk.advance(time.Second)
	}
	put := func(key string, size int) answer { return h.do("PUT", h.value(key), zeros(int64(size))) }
	body, headers := form("v", `{"a":1}`)
	check("metadata", h.do("PUT", h.value("m"), body, headers...), 200, 0, "")
	if a := h.do("GET", h.space+"/metadata/m", nil); a.status != 200 || a.Result != nil {
		t.Errorf("metadata: %d %s", a.status, a.body)
	}
	if a := h.do("GET", h.space+"/keys", nil); !strings.Contains(string(a.body), `[{"name":"m"}]`) {
		t.Errorf("a listing: %s", a.body)
	}
	check("a key of 300 bytes", put(strings.Repeat("k", 300), 1), 200, 0, "")
	check("a key of 301 bytes", put(strings.Repeat("k", 301), 1), 414, codeKeyLength, "exceeds key length limit of 300")
	check("a value of 1 MB", put("v", 1_000_000), 413, codeTooLarge, "Namespace size of 1000304 exceeds limit of 1000000.")
	check("a bulk write", h.do("PUT", h.space+"/bulk", manyPairs(9_998)), 200, 0, "")
	check("as many keys as may be", put("more", 1), 413, codeTooLarge, "Namespace key count of 10001 exceeds limit of 10000.")
	a := h.do("GET", h.space+"/keys", nil)
	if n := strings.Count(string(a.body), `{"name":`); n != 10_000 || a.ResultInfo.(map[string]any)["cursor"] != "" {
		t.Errorf("a page of %d names, %v", n, a.ResultInfo)
	}
	check("a limit of 10,000", h.do("GET", h.space+"/keys?limit=10000", nil), 200, 0, "")
	check("a limit of 10,001", h.do("GET", h.space+"/keys?limit=10001", nil), 400, codeListLimit, "want 10 to 10000")
	if a := put("m", 1); a.status != 200 {
		t.Errorf("a write: %d %s", a.status, a.body)
	}
	check("a second write within the second", put("00001", 1), 429, codeTooMany, "")
	check("a second later", put("00001", 1), 200, 0, "")
}

func manyPairs(n int) *strings.Reader {
	pairs := make([]string, n)
	for i := range pairs {
		pairs[i] = fmt.Sprintf(`{"key":"%05d","value":"v"}`, i)
	}
	return strings.NewReader("[" + strings.Join(pairs, ",") + "]")
}
