// Package page writes a run as one page.
package page

import (
	"io"

	"kvbench/internal/answer"
	"kvbench/report/chart"
)

// Write is to come.
func Write(io.Writer, *answer.Answer, []chart.Drawn) error { return nil }
