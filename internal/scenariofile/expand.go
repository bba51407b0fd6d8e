package scenariofile

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// variableText is a reference to an environment variable, or an escaped one.
var variableText = regexp.MustCompile(`\$?\$\{[^}]*\}?`)

// variableForm is a well-formed one.
var variableForm = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}$`)

// expansion is what a scalar with variables stands for.
type expansion struct {
	text string
	ok   bool // false when a variable was missing, which has been reported
}

// expand replaces ${NAME} and ${NAME:-default} in every scalar value below n by
// the variable's value; the default stands in for a variable that is unset or
// empty. $${ is a plain ${. The nodes keep their text: what they expand to is
// kept beside them, so that it is never taken for what the file says.
func (d *decoder) expand(n *yaml.Node, lookup func(string) (string, bool)) {
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "${") {
		text, ok := d.expandText(n, lookup)
		d.vars[n] = expansion{text, ok}
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue // a field's name
		}
		d.expand(c, lookup)
	}
}

func (d *decoder) expandText(n *yaml.Node, lookup func(string) (string, bool)) (string, bool) {
	var b strings.Builder
	rest, ok := 0, true
	for _, at := range variableText.FindAllStringIndex(n.Value, -1) {
		b.WriteString(n.Value[rest:at[0]])
		text := n.Value[at[0]:at[1]]
		rest = at[1]
		if strings.HasPrefix(text, "$$") {
			b.WriteString(text[1:])
			continue
		}
		parts := variableForm.FindStringSubmatch(text)
		if parts == nil {
			d.failInside(n, n.Value, at[0], "write ${NAME} or ${NAME:-default}, and $${ for a plain ${",
				"%q does not name a variable", text)
			ok = false
			continue
		}
		name, otherwise := parts[1], parts[2]
		value, set := lookup(name)
		switch {
		case value != "":
			b.WriteString(value)
		case strings.Contains(text, ":-"):
			b.WriteString(otherwise)
		case !set:
			d.failInside(n, n.Value, at[0], fmt.Sprintf("set it, or give it a default: ${%s:-default}", name),
				"the environment variable %s is not set", name)
			ok = false
		}
	}
	b.WriteString(n.Value[rest:])
	return b.String(), ok
}
