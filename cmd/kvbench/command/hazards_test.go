package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvbench/internal/detect"

	"github.com/google/go-cmp/cmp"
)

// planted is a mistake in a Worker's handler, at /*!*/, and the handler without it.
type planted struct{ bad, clean string }

const sleeps = "await new Promise((r) => setTimeout(r, 2000));\n"

var plantedMistakes = map[detect.Kind]planted{
	detect.ClobberedWrite: {
		"const v = await env.KV.get(key);\nawait env.KV./*!*/put(key, v + 1).catch(() => {});",
		"const v = await env.KV.get(key);\nawait env.KV.put(id, v + 1);",
	},
	detect.UndoneDelete: {
		"if (method === 'DELETE') await env.KV.delete(key).catch(() => {});\nelse if (method === 'PUT') {\n  await env.KV.get(key);\n  await env.KV./*!*/put(key, 'x').catch(() => {});\n}",
		"if (method === 'DELETE') await env.KV.delete(key).catch(() => {});\nelse if (method === 'PUT') {\n  await env.KV.get(key);\n  await env.KV.put(id, 'x');\n}",
	},
	detect.UnawaitedWrite: {
		"env.KV./*!*/put(id, 'x');",
		"ctx.waitUntil(env.KV.put(id, 'x'));",
	},
	detect.ExpiryDropped: {
		"await env.KV.put(id, 'x', { expirationTtl: 600 });\n" + sleeps + "await env.KV./*!*/put(id, 'y');",
		"await env.KV.put(id, 'x', { expirationTtl: 600 });\n" + sleeps + "await env.KV.put(id, 'y', { expirationTtl: 600 });",
	},
	detect.MetadataDropped: {
		"await env.KV.put(id, 'x', { metadata: { a: 1 } });\n" + sleeps + "await env.KV./*!*/put(id, 'y');",
		"await env.KV.put(id, 'x', { metadata: { a: 1 } });\n" + sleeps + "await env.KV.put(id, 'y', { metadata: { a: 2 } });",
	},
	detect.ListTruncated: {
		"await env.KV./*!*/list();",
		"let page: any = {};\ndo page = await env.KV.list({ cursor: page.cursor });\nwhile (!page.list_complete);",
	},
	detect.WriteThrottled: {
		"await env.KV.put(id, 'x');\nawait env.KV./*!*/put(id, 'y').catch(() => {});",
		"await env.KV.put(id, 'x');\n" + sleeps + "await env.KV.put(id, 'y').catch(() => {});",
	},
	detect.OperationsLimit: {
		"await Promise.all(names(1001).map((n) => env.KV./*!*/get(n))).catch(() => {});",
		"await Promise.all(names(1000).map((n) => env.KV.get(n))).catch(() => {});",
	},
	detect.TTLBelowMinimum: {
		"await env.KV./*!*/put(id, 'x', { expirationTtl: 59 }).catch(() => {});",
		"await env.KV.put(id, 'x', { expirationTtl: 60 }).catch(() => {});",
	},
	detect.DuplicateFill: {
		"if ((await env.KV.get('page' + key)) === null) await env.KV./*!*/put('page' + key, id).catch(() => {});",
		"if ((await env.KV.get(key)) === null) await env.KV.put(key, id).catch(() => {});",
	},
	detect.DeletedGet: {
		"if (method === 'DELETE') await env.KV.delete(key).catch(() => {});\nelse await env.KV./*!*/get(key);",
		"if (method === 'DELETE') await env.KV.delete('old' + key).catch(() => {});\nelse await env.KV.get(key);",
	},
	detect.MissedKey: {
		"if (method === 'PUT') await env.KV.put('page' + key, 'x').catch(() => {});\nelse await env.KV./*!*/get('page' + key);",
		"if (method === 'PUT') await env.KV.put('page' + key, 'x').catch(() => {});\nelse await env.KV.get(key);",
	},
	detect.StaleGet: {
		"if (method === 'PUT') await env.KV.put(key, id).catch(() => {});\nelse await env.KV./*!*/get(key);",
		"if (method === 'PUT') await env.KV.put('page' + key, 'x').catch(() => {});\nelse await env.KV.get(key);",
	},
	detect.GhostName: {
		"if (method === 'DELETE') await env.KV.delete(key).catch(() => {});\nelse await env.KV./*!*/list({ limit: 1000 });",
		"if (method === 'DELETE') await env.KV.delete(key).catch(() => {});\nelse await env.KV.list({ limit: 1000, prefix: 'page' });",
	},
	detect.MissingName: {
		"if (method === 'PUT') await env.KV.put('page' + id, 'x');\nelse await env.KV./*!*/list({ prefix: 'page' });",
		"if (method === 'PUT') await env.KV.put('page' + id, 'x');\nelse await env.KV.list({ prefix: 'nothing' });",
	},
	detect.RepeatedGet: {
		"await env.KV.get(key);\nawait env.KV./*!*/get(key);",
		"await env.KV.get(key);",
	},
	detect.SequentialGets: {
		"for (const n of names(5)) await env.KV./*!*/get(n);",
		"await env.KV.get(names(5));",
	},
	detect.NearLimit: {
		"await env.KV./*!*/put(id, 'x', { metadata: 'm'.repeat(1000) });",
		"await env.KV.put(id, 'x', { metadata: 'm'.repeat(900) });",
	},
}

// workerOf is a Worker with a handler.
func workerOf(handler string) string {
	return `interface Env { KV: any }
const names = (n: number): string[] => Array.from({ length: n }, (_, i) => "k" + i);

export default {
  async fetch({ url, method }: Request, env: Env, ctx: any): Promise<Response> {
    const key: string = new URL(url).pathname.slice(1);
    const id: string = crypto.randomUUID();
` + handler + `
    return new Response(key + id);
  },
};
`
}

// placeOf is the file:line:column of a mark in a source.
func placeOf(t *testing.T, source string) string {
	t.Helper()
	above, _, found := strings.Cut(source, "/*!*/")
	if !found {
		t.Fatal("nothing is planted")
	}
	line := above[strings.LastIndexByte(above, '\n')+1:]
	return fmt.Sprintf("src/bad.ts:%d:%d", strings.Count(above, "\n")+1, len(line)+len("/*!*/")+1)
}

// reported is what the tests read of report.json and report.sarif.
type reported struct {
	Scenarios []struct {
		Variants []struct {
			Name     string
			Findings []struct {
				Kind, Place string
				Suppressed  bool
			}
		}
	}
	Runs []struct {
		Results []struct {
			RuleID       string
			Level        string
			Suppressions []struct{ Kind string }
			Locations    []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI, URIBaseID string }
					Region           struct{ StartLine, StartColumn int }
				}
			}
		}
	}
}

// runWorker runs a project's folder, and reads its reports.
func runWorker(t *testing.T, project string, want int) (r reported, junit string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	var printed bytes.Buffer
	status := execute(t.Context(), []string{"run", project, "--out", out, "--format", "json,sarif,junit", "--quiet"}, &printed, &printed)
	if status != want {
		t.Fatalf("exit %d, want %d: %s", status, want, &printed)
	}
	for _, name := range []string{"report.json", "report.sarif"} {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(out, "junit.xml"))
	if err != nil {
		t.Fatal(err)
	}
	return r, string(text)
}

// project writes the files of one, and returns its folder.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// plantedYAML asks two Workers alike, and forbids a kind.
const plantedYAML = `
driver: embedded://?locations=3&profile=edge&propagation=60s&writes=strict
scenarios:
  - name: planted
    question: Is it found?
    scripts: {bad: src/bad.ts, clean: src/clean.ts}
    kv: [{key: "k{key}", value: x}, {key: "old{key}", value: x}]
    requests:
      - {path: "/k{key}", weight: 3}
      - {path: "/k{key}", method: PUT}
      - {path: "/k{key}", method: DELETE}
    load: {rate: 4/s, duration: %s}
    plan: free
    keys: {count: %d}
    expect: [bad.%[3]s == 0]
`

const plantedWrangler = `{"name": "planted", "main": "src/bad.ts", "kv_namespaces": [{"binding": "KV", "id": "a"}]}`

// Each kind of mistake is found at its line, forbidden there, and the same Worker without it
// has no finding.
func TestPlantedMistakes(t *testing.T) {
	for _, kind := range detect.Kinds() {
		t.Run(kind.String(), func(t *testing.T) {
			p, ok := plantedMistakes[kind]
			if !ok {
				t.Fatal("it is planted nowhere")
			}
			duration, keys := "2m", 50
			switch kind {
			case detect.ListTruncated:
				duration, keys = "10s", 600 // of two entries each
			case detect.OperationsLimit:
				duration = "3s" // of a thousand operations each
			}
			bad := workerOf(p.bad)
			r, junit := runWorker(t, project(t, map[string]string{
				"wrangler.jsonc": plantedWrangler, "src/bad.ts": bad, "src/clean.ts": workerOf(p.clean),
				"kvbench.yaml": fmt.Sprintf(plantedYAML, duration, keys, kind),
			}), exitUnmet)
			at, found := placeOf(t, bad), false
			for _, v := range r.Scenarios[0].Variants {
				for _, f := range v.Findings {
					switch {
					case v.Name == "clean":
						t.Errorf("the clean one has %s at %s", f.Kind, f.Place)
					case f.Kind == kind.String() && f.Place == at:
						found = true
					case f.Kind == kind.String():
						t.Errorf("it is at %s too", f.Place)
					}
				}
			}
			if !found {
				t.Errorf("nothing is found at %s: %+v", at, r.Scenarios[0].Variants)
			}
			level := ""
			for _, result := range r.Runs[0].Results {
				if result.RuleID == kind.String() {
					level = result.Level
				}
			}
			if level != "error" {
				t.Errorf("what is forbidden has the level %q", level)
			}
			if !strings.Contains(junit, `failures="1"`) {
				t.Errorf("what is forbidden is no failure: %s", junit)
			}
		})
	}
}

// A comment at the line suppresses a finding of its kind, which SARIF shows as that.
func TestIgnoredMistake(t *testing.T) {
	p := plantedMistakes[detect.UnawaitedWrite]
	for comment, want := range map[string]bool{
		"// kvbench-ignore unawaited-write: it may be lost\n": true,
		"// kvbench-ignore clobbered-write\n":                 false,
	} {
		text := fmt.Sprintf(plantedYAML, "10s", 50, detect.ClobberedWrite) // what is not there
		r, _ := runWorker(t, project(t, map[string]string{
			"wrangler.jsonc": plantedWrangler, "src/bad.ts": workerOf(comment + p.bad), "src/clean.ts": workerOf(p.clean), "kvbench.yaml": text,
		}), exitOK)
		found := r.Scenarios[0].Variants[0].Findings
		if len(found) != 1 || found[0].Suppressed != want {
			t.Errorf("%q: %+v", comment, found)
		}
		results := r.Runs[0].Results
		if len(results) != 1 || (len(results[0].Suppressions) == 1 && results[0].Suppressions[0].Kind == "inSource") != want {
			t.Errorf("%q: %+v", comment, results)
		}
	}
}

// The example's three bugs are found at their lines, which are told from the root of the
// repository, and its mended script has none.
func TestProfileWorker(t *testing.T) {
	r, _ := runWorker(t, "../../../docs/examples/profile-worker", exitOK)
	places := map[string]string{}
	for _, v := range r.Scenarios[0].Variants {
		for _, f := range v.Findings {
			places[v.Name+" "+f.Kind] = f.Place
		}
	}
	want := map[string]string{
		"worker clobbered-write": "src/index.ts:40:19", "worker unawaited-write": "src/index.ts:47:13", "worker expiry-dropped": "src/index.ts:32:24",
	}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Error(diff)
	}
	file := "docs/examples/profile-worker/src/index.ts"
	if _, err := os.Stat("../../../.git"); err != nil {
		file = "" // nobody knows its root
	}
	for _, result := range r.Runs[0].Results {
		at := result.Locations[0].PhysicalLocation
		if a := at.ArtifactLocation; a.URIBaseID != "%SRCROOT%" || file != "" && a.URI != file {
			t.Errorf("%s is in %+v", result.RuleID, a)
		}
		if place := fmt.Sprintf("src/index.ts:%d:%d", at.Region.StartLine, at.Region.StartColumn); place != want["worker "+result.RuleID] {
			t.Errorf("%s is at %s", result.RuleID, place)
		}
	}
	if len(r.Runs[0].Results) != len(want) {
		t.Errorf("%d results", len(r.Runs[0].Results))
	}
}
