package scenarios

import (
	"fmt"
	"regexp"
	"strings"

	"kvbench/internal/wrangler"
)

// StarterFile is the name of the scenario file of a Worker's project.
const StarterFile = "kvbench.yaml"

var noName = regexp.MustCompile(`[^a-z0-9-]+`)

// Starter is a scenario file for the project of a wrangler configuration, to begin with: it
// asks for / alone, and says in comments what more there is.
func Starter(c *wrangler.Config) string {
	name := strings.Trim(noName.ReplaceAllString(strings.ToLower(c.Name), "-"), "-")
	if name == "" || len(name) > 60 {
		name = "worker"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# What kvbench asks of this Worker, and what it expects: docs/workers.md of kvbench tells every\n# field. The script, bindings, vars and crons are those of %s.\n", base(c.File))
	fmt.Fprintf(&b, `driver: embedded://?locations=3&writes=strict # modelled: three locations, a minute until each sees a write, one write a second of a key
scenarios:
  - name: %s
    pattern: worker
    question: How fast is it, how stale are its reads, and does it lose writes?
    load: {rate: 50/s, arrivals: poisson, duration: 5m, warm-up: 30s}
    keys: {count: 1_000, distribution: zipfian(0.99), size: 1KiB}
    isolates: 2
`, name)
	if len(c.Namespaces) > 0 {
		b.WriteString("    kv: # what the namespaces hold when the load begins, one entry for each key\n")
		for _, n := range c.Namespaces {
			fmt.Fprintf(&b, "      - {binding: %s, key: \"item:{key}\"}\n", n.Binding)
		}
	}
	b.WriteString(`    requests: # what is asked, by weight; {key} is drawn as keys says
      - {path: /}
      # - {path: "/item/{key}", weight: 20}
      # - {path: "/item/{key}", method: PUT, body: {name: "n{random}"}, weight: 1}
      # - sequence:
      #     - {path: /login, method: POST, body: {user: "u{key}"}, keep: {token: json.token}}
      #     - {path: /me, headers: {authorization: "Bearer {token}"}, times: 10}
    # origins: # modelled servers that the Worker may fetch from
    #   api.example.com: {latency: "p50:80ms,p99:400ms", changes: 5m, body: 2KiB}
    # isolate-lifetime: "p0:1m,p50:20m,p100:2h"
`)
	if len(c.Namespaces) > 0 {
		b.WriteString("    # expect: [clobbered-write == 0, response.p99 < 200ms]\n")
	}
	return b.String()
}

func base(file string) string { return file[strings.LastIndexAny(file, `/\`)+1:] }
