package scenariofile

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"kvbench/internal/secret"

	"go.yaml.in/yaml/v4"
)

// variableText is a reference to an environment variable, or an escaped one.
var variableText = regexp.MustCompile(`\$?\$\{[^}]*\}?`)

// variableForm is a well-formed one.
var variableForm = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}$`)

// expansion is what a scalar with variables stands for.
type expansion struct {
	text  string
	shown string // text, but for values that may be secret: ${NAME} stands for them; see Expand
	ok    bool   // false when a variable was missing, which has been reported
}

// lookup reads variables of the environment, and adds the values that may be secret to a
// set.
func lookup(secrets *secret.Set) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		value, set := os.LookupEnv(name)
		if len(value) >= secret.MinVariableBytes {
			secrets.Add(value)
		}
		return value, set
	}
}

// EscapeVariables writes a text as Expand reads it.
func EscapeVariables(text string) string { return strings.ReplaceAll(text, "${", "$${") }

// Expand puts the values of environment variables in the place of every ${NAME} of a
// driver's URL that was kept to be shown; $${ is a plain ${. It fails where one is not
// set. Values that may be secret are added to secrets.
func Expand(shown string, secrets *secret.Set) (text string, err error) {
	look := lookup(secrets)
	text = variableText.ReplaceAllStringFunc(shown, func(reference string) string {
		if strings.HasPrefix(reference, "$$") {
			return reference[1:]
		}
		parts := variableForm.FindStringSubmatch(reference)
		if parts == nil {
			err = fmt.Errorf("%s: %q does not name a variable", shown, reference)
			return reference
		}
		value, _ := look(parts[1])
		if value == "" {
			err = fmt.Errorf("%s: the environment variable %s is not set", shown, parts[1])
		}
		return value
	})
	return text, err
}

// expand replaces ${NAME} and ${NAME:-default} in every scalar value below n by
// the variable's value; the default stands in for a variable that is unset or
// empty. $${ is a plain ${. The nodes keep their text: what they expand to is
// kept beside them, so that it is never taken for what the file says.
func (d *decoder) expand(n *yaml.Node, lookup func(string) (string, bool)) {
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "${") {
		var x expansion
		if d.expanded <= maxText {
			x = d.expandText(n, lookup)
			if d.expanded += len(x.text); d.expanded > maxText {
				d.fail(n, "use fewer, or shorter ones", "the variables stand for too much: more than %d MiB", maxText>>20)
				x = expansion{}
			}
		}
		d.vars[n] = x
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue // a field's name
		}
		d.expand(c, lookup)
	}
}

func (d *decoder) expandText(n *yaml.Node, lookup func(string) (string, bool)) expansion {
	var text, shown strings.Builder
	rest, ok := 0, true
	for _, at := range variableText.FindAllStringIndex(n.Value, -1) {
		before, reference := n.Value[rest:at[0]], n.Value[at[0]:at[1]]
		text.WriteString(before)
		shown.WriteString(before)
		rest = at[1]
		if strings.HasPrefix(reference, "$$") {
			text.WriteString(reference[1:])
			shown.WriteString(reference)
			continue
		}
		parts := variableForm.FindStringSubmatch(reference)
		if parts == nil {
			d.failInside(n, n.Value, at[0], "write ${NAME} or ${NAME:-default}, and $${ for a plain ${",
				"%q does not name a variable", reference)
			ok = false
			continue
		}
		if text.Len() > maxText {
			break // which expand reports
		}
		name, otherwise := parts[1], parts[2]
		value, set := lookup(name)
		switch {
		case len(value) >= secret.MinVariableBytes:
			text.WriteString(value)
			shown.WriteString("${" + name + "}")
			continue
		case value == "" && strings.Contains(reference, ":-"):
			value = otherwise
		case !set:
			d.failInside(n, n.Value, at[0], fmt.Sprintf("set it, or give it a default: ${%s:-default}", name),
				"the environment variable %s is not set", name)
			ok = false
		}
		text.WriteString(value)
		shown.WriteString(EscapeVariables(value))
	}
	text.WriteString(n.Value[rest:])
	shown.WriteString(n.Value[rest:])
	return expansion{text.String(), shown.String(), ok}
}
