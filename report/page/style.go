package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"kvbench/report/chart/kit"
)

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageScript string

// style is the page's only style sheet and only script, and the policy that allows
// these alone, by their hashes. Nothing is fetched from anywhere.
type style struct {
	CSS    template.CSS
	Script template.JS
	Policy string
}

// styled puts the style sheet together: the page's own, the variants' colours, and those
// of the charts in the dark.
var styled = sync.OnceValue(func() style {
	dark := map[string]string{}
	for _, pair := range kit.DarkPairs() {
		dark[kit.Hex(pair[0])] = kit.Hex(pair[1])
	}
	var css, night strings.Builder
	css.WriteString(dense(pageCSS))
	for i := range kit.VariantColours {
		colour := kit.Hex(kit.VariantColour(i))
		fmt.Fprintf(&css, ".%s{--c:%s}\n", variantClass(i), colour)
		fmt.Fprintf(&night, ".%s{--c:%s}\n", variantClass(i), dark[colour])
	}
	fmt.Fprintf(&css, "@media screen and (prefers-color-scheme: dark){\n%s%s}\n", night.String(), kit.DarkCSS("figure"))
	script := dense(pageScript)
	return style{
		CSS: template.CSS(css.String()), Script: template.JS(script),
		Policy: fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; style-src '%s'; script-src '%s'",
			sourceHash(css.String()), sourceHash(script)),
	}
})

// dense leaves out indentation and lines that are a comment alone. No string in the
// sources goes over several lines.
func dense(source string) string {
	var out strings.Builder
	for line := range strings.Lines(source) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

// sourceHash allows one inline text in a content security policy.
func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// variantClass is the class that has the colour of the variant at a position.
func variantClass(i int) string { return fmt.Sprintf("v%d", i%len(kit.VariantColours)) }
