package scenarios

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kvbench/internal/setting"
	"kvbench/internal/webapi"
)

// workerKept is a value that a response leaves for the later requests of its sequence.
type workerKept struct {
	slot   int // of the kept values
	said   string
	header string   // whose value it is
	path   []string // in the body, which is JSON
	body   bool     // the whole body
}

var keptName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// keeps reads what a call keeps, and returns the words that later requests know.
func (c *compiler) keeps(call *workerCall, keep []setting.Entry[string], known, at []string) []string {
	known = slices.Clone(known)
	for _, k := range keep {
		path := slices.Concat(at, []string{"keep", k.Name})
		switch {
		case !keptName.MatchString(k.Name):
			c.fail(strconv.Quote(k.Name)+" is not a word", "use letters, digits, dashes and underscores, and begin with a letter", 0, path...)
			continue
		case slices.Contains(workerSlots[:], k.Name):
			c.fail(fmt.Sprintf("{%s} stands for something else already", k.Name), "give it another name", 0, path...)
			continue
		}
		slot := slices.Index(known, k.Name)
		if slot < 0 {
			slot = len(known)
			known = append(known, k.Name)
		}
		kept := workerKept{slot: slot - firstKept, said: k.Value}
		from, rest, _ := strings.Cut(k.Value, ".")
		switch {
		case k.Value == "body":
			kept.body = true
		case from == "header" && headerName.MatchString(rest):
			kept.header = rest
		case from == "json" && rest != "" && !slices.Contains(strings.Split(rest, "."), ""):
			kept.path = strings.Split(rest, ".")
		default:
			c.fail(strconv.Quote(k.Value)+" is not a part of a response", "write json.token, json.items.0.id, header.etag or body", 0, path...)
			continue
		}
		call.keep = append(call.keep, kept)
	}
	return known
}

// take puts what the call keeps of a response among the kept values.
func (c *workerCall) take(r *webapi.Response, kept []string) error {
	for i := range c.keep {
		k := &c.keep[i]
		value, ok := k.of(r)
		if !ok {
			return fmt.Errorf("the response with status %d to %s has no %s to keep", r.Status, c.method, k.said)
		}
		kept[k.slot] = value
	}
	return nil
}

func (k *workerKept) of(r *webapi.Response) (value string, ok bool) {
	switch {
	case k.body:
		return string(r.Body), true
	case k.header != "":
		values := r.Headers.Values(k.header)
		return strings.Join(values, ", "), len(values) > 0
	}
	var v any
	d := json.NewDecoder(strings.NewReader(string(r.Body)))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return "", false
	}
	for _, name := range k.path {
		switch x := v.(type) {
		case map[string]any:
			if v, ok = x[name]; !ok {
				return "", false
			}
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n < 0 || n >= len(x) {
				return "", false
			}
			v = x[n]
		default:
			return "", false
		}
	}
	switch x := v.(type) {
	case nil:
		return "", false
	case string:
		return x, true
	case json.Number:
		return x.String(), true
	}
	text, err := json.Marshal(v)
	return string(text), err == nil
}
