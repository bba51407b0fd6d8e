package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/kv"
)

// workerSeed is what a namespace holds of one key, or of all of the scenario's.
type workerSeed struct {
	binding         int
	key             template
	value, metadata template
	has             bool // a value; else a document is made
	size            *load.Size
	options         kv.PutOptions
}

// entries reads what the namespaces hold.
func (c *compiler) entries(p *workerPlan) (out []workerSeed) {
	known := []string{"key"}
	for i := range p.fields.KV {
		e := &p.fields.KV[i]
		at := []string{"kv", strconv.Itoa(i)}
		in := func(name string) []string { return append(slices.Clone(at), name) }
		s := workerSeed{size: e.Size, options: kv.PutOptions{TTL: e.TTL}}
		switch {
		case len(p.bindings) == 0:
			c.fail("there is no namespace", "name one: bindings: [CACHE]", 0, at...)
		case e.Binding != "":
			if s.binding = slices.Index(p.bindings, e.Binding); s.binding < 0 {
				c.fail("there is no namespace "+e.Binding, fmt.Sprintf("the bindings are %v", p.bindings), 0, in("binding")...)
			}
		case len(p.bindings) > 1:
			c.fail("which namespace is meant is not said", "write binding: "+p.bindings[0], 0, at...)
		}
		if e.Value.Given() && e.Size != nil {
			c.fail("there are a value and a size", "remove one of them", 0, in("size")...)
		}
		s.key = c.template(e.Key, known, in("key"))
		if s.has = e.Value.Given(); s.has {
			text := e.Value.Text
			if !e.Value.IsText {
				text = string(e.Value.JSON)
			}
			s.value = c.template(text, known, in("value"))
		}
		if e.Metadata.Given() {
			s.metadata = c.template(string(e.Metadata.JSON), known, in("metadata"))
		}
		out = append(out, s)
	}
	return out
}

// seedEntries writes what the namespaces hold.
func (p *workerLoad) seedEntries(ctx context.Context, w *bench.Worker) error {
	for i := range p.entries {
		e := &p.entries[i]
		n := 1
		if e.key.usesKey() {
			n = p.Keys
		}
		size := p.Size
		if e.size != nil {
			size = *e.size
		}
		w.In(e.binding, p.prefix(e.binding))
		err := fill(ctx, w, n, func(key int) kv.Pair {
			v := templateValues{key: key}
			pair := kv.Pair{Key: string(e.key.append(nil, &v, asText)), Options: e.options}
			if e.has {
				pair.Value = e.value.append([]byte{}, &v, asText)
			} else {
				pair.Value = appendDoc(nil, stamp{version: 1}, size.Of(key))
			}
			if e.metadata != nil {
				pair.Options.Metadata = e.metadata.append(nil, &v, asText)
			}
			return pair
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// prefix is what the keys of a namespace begin with in the store, which all share; empty
// where there is one.
func (p *workerPlan) prefix(binding int) string {
	if len(p.bindings) < 2 {
		return ""
	}
	return strconv.Itoa(binding) + "/"
}

// PrefixBytes implements bench.Prefixed.
func (p *workerPlan) PrefixBytes() int { return len(p.prefix(len(p.bindings) - 1)) }
