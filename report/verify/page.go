package verify

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"

	"kvbench/internal/printable"
	"kvbench/internal/verify"
)

//go:embed page.tmpl.html
var pageText string

var pageTemplate = template.Must(template.New("verify").Parse(pageText))

// page is what verify.html shows. It needs no network, no script and no other file.
type page struct {
	*view
	WhatIsSame, WhyNotJudged string
}

// HTML writes what verifying gave as a page of its own.
func HTML(w io.Writer, r *verify.Report) error {
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, page{viewOf(r), whatIsSame, whyNotJudged}); err != nil {
		return err
	}
	_, err := io.WriteString(w, printable.Text(out.String()))
	return err
}
