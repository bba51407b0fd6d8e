package wrangler

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/tidwall/jsonc"
)

// raw is the part of a configuration that has types.
type raw struct {
	Name       string   `json:"name" toml:"name"`
	Main       string   `json:"main" toml:"main"`
	Date       string   `json:"compatibility_date" toml:"compatibility_date"`
	Flags      []string `json:"compatibility_flags" toml:"compatibility_flags"`
	Namespaces []struct {
		Binding string `json:"binding" toml:"binding"`
		ID      string `json:"id" toml:"id"`
	} `json:"kv_namespaces" toml:"kv_namespaces"`
	Vars     map[string]any    `json:"vars" toml:"vars"`
	Define   map[string]string `json:"define" toml:"define"`
	Triggers struct {
		Crons []string `json:"crons" toml:"crons"`
	} `json:"triggers" toml:"triggers"`
	Env map[string]any `json:"env" toml:"env"`
}

// fromJSON reads JSON with comments and commas at ends, which are taken out without moving
// what remains.
func fromJSON(data []byte, into *raw) (all map[string]any, err error) {
	data = jsonc.ToJSON(bytes.TrimPrefix(data, []byte("\ufeff")))
	for _, to := range []any{&all, into} {
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		err := d.Decode(to)
		if err == nil {
			if _, more := d.Token(); !errors.Is(more, io.EOF) {
				return nil, at(data, d.InputOffset()-1, "something stands after the configuration")
			}
			continue
		}
		if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, at(data, bad.Offset-1, bad.Error())
		}
		if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return nil, at(data, bad.Offset-1, fmt.Sprintf("%s is a JSON %s, which it can't be", bad.Field, bad.Value))
		}
		return nil, at(data, int64(len(data)), err.Error())
	}
	return all, nil
}

// at is an error at a byte.
func at(data []byte, offset int64, message string) *Error {
	before := data[:min(max(offset, 0), int64(len(data)))]
	line := bytes.Count(before, []byte("\n"))
	begin := bytes.LastIndexByte(before, '\n') + 1
	return &Error{Line: line + 1, Column: len([]rune(string(before[begin:]))) + 1, Message: message}
}

func fromTOML(data []byte, into *raw) (all map[string]any, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for _, to := range []any{&all, into} {
		if err := toml.Unmarshal(data, to); err != nil {
			if bad, ok := errors.AsType[*toml.DecodeError](err); ok {
				line, column := bad.Position()
				return nil, &Error{Line: line, Column: column, Message: bad.Error()}
			}
			return nil, &Error{Message: err.Error()}
		}
	}
	return all, nil
}

// kinds are the bindings of a configuration that a run has not: where they stand, under
// which name, and what they are. They lie in lists, or are a mapping.
var kinds = [...]struct{ field, inner, name, kind string }{
	{"ai", "", "binding", "Workers AI"},
	{"ai_search", "", "binding", "an AI Search instance"},
	{"analytics_engine_datasets", "", "binding", "an Analytics Engine dataset"},
	{"assets", "", "binding", "static assets"},
	{"browser", "", "binding", "a browser"},
	{"d1_databases", "", "binding", "a D1 database"},
	{"dispatch_namespaces", "", "binding", "a dispatch namespace"},
	{"durable_objects", "bindings", "name", "a Durable Object"},
	{"hyperdrive", "", "binding", "Hyperdrive"},
	{"images", "", "binding", "Images"},
	{"mtls_certificates", "", "binding", "an mTLS certificate"},
	{"pipelines", "", "binding", "a pipeline"},
	{"queues", "producers", "binding", "a queue"},
	{"r2_buckets", "", "binding", "an R2 bucket"},
	{"ratelimits", "", "name", "a rate limit"},
	{"secrets_store_secrets", "", "binding", "a secret of the Secrets Store"},
	{"send_email", "", "name", "an e-mail binding"},
	{"services", "", "binding", "a service"},
	{"unsafe", "bindings", "name", "an unsafe binding"},
	{"vectorize", "", "binding", "a Vectorize index"},
	{"version_metadata", "", "binding", "version metadata"},
	{"workflows", "", "binding", "a workflow"},
}

// others are the bindings of kinds that a run has not, by name.
func others(all map[string]any) (out []Other) {
	for _, k := range kinds {
		value := all[k.field]
		if inner, ok := value.(map[string]any); ok && k.inner != "" {
			value = inner[k.inner]
		}
		items, list := value.([]any)
		if !list {
			items = []any{value}
		}
		for _, item := range items {
			if m, ok := item.(map[string]any); ok {
				if name, ok := m[k.name].(string); ok && name != "" {
					out = append(out, Other{name, k.kind})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Other) int { return strings.Compare(a.Binding, b.Binding) })
	return slices.CompactFunc(out, func(a, b Other) bool { return a.Binding == b.Binding })
}
