package verify

import (
	"fmt"
	"strings"

	"kvbench/internal/verify"
	"kvbench/report/table"
)

// Markdown writes what verifying gave as GitHub Flavored Markdown, every figure of it.
func Markdown(r *verify.Report) []byte {
	v := viewOf(r)
	var out strings.Builder
	fmt.Fprintf(&out, "# Does the model answer right?\n\n**%s**: %s.\n\n", table.Inline(v.Headline), v.Counts)
	out.WriteString(whatIsSame + "\n\n" + whyNotJudged + "\n\n")
	for _, f := range v.Facts {
		fmt.Fprintf(&out, "- %s: %s\n", f.Name, table.Inline(f.Value))
	}
	for _, text := range r.Missing {
		fmt.Fprintf(&out, "- Missing: %s\n", table.Inline(text))
	}
	out.WriteString("\n" + method + "\n")
	for i := range v.Variants {
		one := &v.Variants[i]
		fmt.Fprintf(&out, "\n## %s: %s\n\n%s %s transactions; %s.\n\n", table.Inline(one.Title), one.Counts, table.Inline(one.Question), one.Transactions, table.Inline(one.Load))
		out.WriteString("| in 100 transactions | model | by chance | real | |\n|---|---:|---:|---:|---|\n")
		for _, row := range one.Rows {
			verdict := string(row.Verdict)
			if row.Verdict == verify.Apart {
				verdict = "**" + verdict + "**"
			}
			if row.Why != "" {
				verdict += ": " + table.Inline(row.Why)
			}
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s |\n", table.Inline(row.Figure), row.Model, row.Range, row.Real, verdict)
		}
		out.WriteString("\n| response | model | real |\n|---|---:|---:|\n")
		for _, p := range one.Responses {
			fmt.Fprintf(&out, "| %s | %s | %s |\n", p.Name, p.Model, p.Real)
		}
	}
	return []byte(out.String())
}

// method says how a figure is judged.
const method = `A figure is how many there were in 100 transactions, but the transactions themselves, which are in a run. The model has run
each set of requests several times, with other latencies each time:

- **always**: it was the same in all of those, so that the requests alone decide it. **Equal** is the same to the unit on the real side. One or two off may be
  an event that is too rare for the model's runs, and is **within**.
- else **by chance** is where one more run of the model would lie: Student's t with the variance among runs of the same requests, at 99 % corrected
  by Bonferroni for the number of figures; of few events the exact test of two Poisson counts. **Within** lies there, **apart** does not.

That takes each run to be drawn for itself, and the real ones to vary as the model's do.`
