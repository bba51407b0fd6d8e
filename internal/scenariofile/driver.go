package scenariofile

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"kvbench/internal/units"

	"go.yaml.in/yaml/v4"
)

var driverScheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]*$`)

// CheckDriver checks the syntax of a driver's URL: scheme://..., each parameter
// at most once, and no password, because the URL is kept in the run file.
// Whether there is such a driver, and what its parameters mean, it does not know.
func CheckDriver(text string) error {
	bad := &units.Error{Text: text, Want: "a driver's URL", Hint: "write it like embedded://?locations=3"}
	u, err := url.Parse(text)
	if err != nil {
		return bad // the parser's own words repeat the URL, password and all
	}
	if !driverScheme.MatchString(u.Scheme) || u.Opaque != "" || len(text) < len(u.Scheme)+3 ||
		text[len(u.Scheme):len(u.Scheme)+3] != "://" {
		bad.Why = "it does not begin with a driver's name and ://"
		return bad
	}
	if _, secret := u.User.Password(); secret {
		return &units.Error{
			Text: u.Redacted(), Want: "a driver's URL", Why: "it holds a password",
			Hint: "secrets come from the environment variables that the driver reads",
		}
	}
	// A % that ends a value stands for itself: fault-share=90%.
	query, err := url.ParseQuery(strings.ReplaceAll(u.RawQuery+"&", "%&", "%25&"))
	if err != nil {
		bad.Why = "its parameters cannot be read"
		return bad
	}
	for name, values := range query {
		if len(values) > 1 {
			bad.Why = "the parameter " + strconv.Quote(name) + " is given more than once"
			return bad
		}
	}
	return nil
}

// driver checks the driver's URL of a mapping that names one, and returns it as it may
// be shown; inherited where there is none.
func (d *decoder) driver(n *yaml.Node, text, inherited string) (shown string) {
	at := d.find(n, "driver")
	if at == nil || resolve(at).Kind != yaml.ScalarNode {
		return inherited
	}
	d.src.secrets.AddURLs(text)
	shown = EscapeVariables(text)
	if x, ok := d.vars[resolve(at)]; ok {
		if shown = x.shown; !x.ok {
			return shown
		}
	}
	if err := CheckDriver(text); err != nil {
		d.invalid(at, err)
	}
	return shown
}

// locations is how many locations a driver's URL asks for; 1 when it does not
// say. It serves only to check a pattern's settings: what counts in a run is
// what the store declares.
func locations(driver string) int {
	u, err := url.Parse(driver)
	if err != nil {
		return 1
	}
	n, err := strconv.Atoi(u.Query().Get("locations"))
	if err != nil {
		return 1
	}
	return max(n, 1)
}
