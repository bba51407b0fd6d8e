package workerd

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// inside is a Worker that each process has of its own: it refuses what a Worker without
// an outbound asks for, and its entry point ping answers whoever asks whether the event
// loop goes on.
const inside = "kvbench:inside"

const insideCode = `export default {
  fetch(request) { throw new TypeError("fetch: there is no network here, so nothing answers for " + request.url); },
};
export const ping = { fetch() { return new Response(null, { status: 204 }); } };
`

const insideDate = "2026-01-01"

// text is the configuration in the text format of Cap'n Proto, as workerd serve reads it
// (https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp).
func text(c Config) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("using Workerd = import \"/workerd/workerd.capnp\";\nconst config :Workerd.Config = (\n  services = [\n")
	for _, w := range append(slices.Clone(c.Workers), Worker{
		Name: inside, Date: insideDate, Modules: []Module{{Name: "inside.js", Code: insideCode}},
	}) {
		if err := writeWorker(&b, w); err != nil {
			return "", err
		}
	}
	for _, e := range c.Externals {
		writeExternal(&b, e)
	}
	b.WriteString("  ],\n  sockets = [\n")
	for _, s := range c.Sockets {
		fmt.Fprintf(&b, "    (name = %s, address = \"127.0.0.1:0\", http = (%s), service = %s),\n", quote(s.Name), s.options(), quote(s.Worker))
	}
	fmt.Fprintf(&b, "    (name = %s, address = \"127.0.0.1:0\", http = (), service = (name = %s, entrypoint = \"ping\")),\n", quote(inside), quote(inside))
	b.WriteString("  ],\n);\n")
	return b.String(), nil
}

func writeWorker(b *strings.Builder, w Worker) error {
	fmt.Fprintf(b, "    (name = %s, worker = (\n      modules = [\n", quote(w.Name))
	for _, m := range w.Modules {
		fmt.Fprintf(b, "        (name = %s, esModule = %s),\n", quote(m.Name), quote(m.Code))
	}
	fmt.Fprintf(b, "      ],\n      compatibilityDate = %s,\n", quote(w.Date))
	if len(w.Flags) > 0 {
		flags := make([]string, len(w.Flags))
		for i, f := range w.Flags {
			flags[i] = quote(f)
		}
		fmt.Fprintf(b, "      compatibilityFlags = [%s],\n", strings.Join(flags, ", "))
	}
	b.WriteString("      bindings = [\n")
	for _, kv := range w.KV {
		fmt.Fprintf(b, "        (name = %s, kvNamespace = %s),\n", quote(kv.Name), quote(kv.External))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Vars)) {
		value := w.Vars[name]
		if !json.Valid([]byte(value)) {
			return fmt.Errorf("worker %q: the variable %s is not JSON: %q", w.Name, name, value)
		}
		kind, of := "json", value
		var plain string
		if json.Unmarshal([]byte(value), &plain) == nil && value != "null" {
			kind, of = "text", plain
		}
		fmt.Fprintf(b, "        (name = %s, %s = %s),\n", quote(name), kind, quote(of))
	}
	b.WriteString("      ],\n")
	outbound := w.Outbound
	if outbound == "" {
		outbound = inside
	}
	if w.Name != inside {
		fmt.Fprintf(b, "      globalOutbound = %s,\n", quote(outbound))
	}
	if w.Cache != "" {
		fmt.Fprintf(b, "      cacheApiOutbound = %s,\n", quote(w.Cache))
	}
	b.WriteString("    )),\n")
	return nil
}

func writeExternal(b *strings.Builder, e External) {
	fmt.Fprintf(b, "    (name = %s, external = (address = %s, http = (style = host", quote(e.Name), quote(e.Address))
	if e.ProtoHeader != "" {
		fmt.Fprintf(b, ", forwardedProtoHeader = %s", quote(e.ProtoHeader))
	}
	if len(e.Headers) > 0 {
		b.WriteString(", injectRequestHeaders = [")
		for _, h := range e.Headers {
			fmt.Fprintf(b, "(name = %s, value = %s), ", quote(h.Name), quote(h.Value))
		}
		b.WriteString("]")
	}
	b.WriteString("))),\n")
}

// quote is a text as a string of Cap'n Proto, which knows no escapes of characters, but of bytes.
func quote(s string) string {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, len(s)+len(s)/8+2)
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < ' ' || c == 0x7f:
			b = append(b, '\\', 'x', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}

// check reports what of a configuration refers to nothing, or is there twice. Whatever else
// is wrong workerd says when it starts.
func (c Config) check() error {
	workers, externals, sockets := map[string]bool{}, map[string]bool{}, map[string]bool{}
	add := func(kind, name string, in, other map[string]bool) error {
		switch {
		case name == "" || strings.HasPrefix(name, "kvbench:"):
			return fmt.Errorf("%s %q: a name that is not empty and does not begin with kvbench: is needed", kind, name)
		case in[name] || other[name]:
			return fmt.Errorf("%s %q: the name is there twice", kind, name)
		}
		in[name] = true
		return nil
	}
	for _, w := range c.Workers {
		if err := add("worker", w.Name, workers, externals); err != nil {
			return err
		}
		if len(w.Modules) == 0 {
			return fmt.Errorf("worker %q has no module", w.Name)
		}
	}
	for _, e := range c.Externals {
		if err := add("external", e.Name, externals, workers); err != nil {
			return err
		}
	}
	for _, w := range c.Workers {
		for _, kv := range w.KV {
			if !externals[kv.External] {
				return fmt.Errorf("worker %q: there is no external %q for its namespace %s", w.Name, kv.External, kv.Name)
			}
		}
		for _, name := range []string{w.Outbound, w.Cache} {
			if name != "" && !externals[name] {
				return fmt.Errorf("worker %q: there is no external %q", w.Name, name)
			}
		}
	}
	for _, s := range c.Sockets {
		if err := add("socket", s.Name, sockets, nil); err != nil {
			return err
		}
		if !workers[s.Worker] {
			return fmt.Errorf("socket %q: there is no worker %q", s.Name, s.Worker)
		}
	}
	if len(c.Sockets) == 0 {
		return errors.New("a process without a socket serves nobody")
	}
	return nil
}

// options are how a socket reads requests.
func (s Socket) options() string {
	var all []string
	if s.ProtoHeader != "" {
		all = append(all, "forwardedProtoHeader = "+quote(s.ProtoHeader))
	}
	if s.CfHeader != "" {
		all = append(all, "cfBlobHeader = "+quote(s.CfHeader))
	}
	return strings.Join(all, ", ")
}
