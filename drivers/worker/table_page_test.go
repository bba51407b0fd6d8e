//go:build unix

package worker_test

import (
	"fmt"
	"strings"

	"kvbench/drivers/drivertest"
)

// tableDocument is the page of the conformance table.
func tableDocument(all []column, small, rules table) string {
	var b strings.Builder
	b.WriteString("# The semantics of Workers KV on four stores\n\n" +
		"`make conformance` writes this page; a test holds it. The same is asked of\n\n")
	for _, c := range all {
		fmt.Fprintf(&b, "- **%s**: %s,\n", c.name, c.doc)
	}
	fmt.Fprintf(&b, `
the last two by the Worker of [worker://HOST](worker-driver.md), which makes one call of its binding for each. They are workerd
%s and Miniflare %s. [Below](#differences) is what each difference is.

`, workerdVersion, miniflareVersion)
	b.WriteString("## What is asked\n\nA number is a refusal with that HTTP status; \"done\" is that it is taken, and reads back as it was written. " +
		"The pages are Cloudflare's. They have the limits, and of the statuses 429 alone.\n\n")
	head(&b, all, "asked", "answer", "page")
	for _, q := range questions() {
		fmt.Fprintf(&b, "| %s | %s | [%s](https://developers.cloudflare.com/%s/) |", marked(q.name), answerCell(q.want), q.page[strings.LastIndexByte(q.page, '/')+1:], q.page)
		cells(&b, all, small, q.name)
	}
	b.WriteString("\n## The rules that every driver is tested by\n\n[own-driver.md](own-driver.md) tells of them. " +
		"Those that are about none of these stores are left out.\n\n")
	head(&b, all, "rule", "")
	for _, r := range drivertest.Rows() {
		if about(all, rules, r.Name) {
			fmt.Fprintf(&b, "| %s | %s |", r.Name, marked(r.Rule))
			cells(&b, all, rules, r.Name)
		}
	}
	b.WriteString("\n## Differences\n\n")
	for _, d := range differences {
		fmt.Fprintf(&b, "- **%s** (%s): %s. %s\n", marked(d.row), strings.Join(d.stores, ", "), marked(d.short), d.why)
	}
	return b.String()
}

func head(b *strings.Builder, all []column, columns ...string) {
	for _, c := range all {
		columns = append(columns, c.name)
	}
	fmt.Fprintf(b, "| %s |\n%s|\n", strings.Join(columns, " | "), strings.Repeat("|---", len(columns)))
}

func cells(b *strings.Builder, all []column, in table, row string) {
	for _, c := range all {
		text := "holds"
		switch is := in[row][c.name]; {
		case is.none:
			text = "not applicable"
		case is.came != "":
			d, _ := differenceOf(row, c.name)
			text = "**differs**: " + marked(d.short)
		}
		fmt.Fprintf(b, " %s |", text)
	}
	b.WriteString("\n")
}

// about reports whether a rule is about any of the stores.
func about(all []column, in table, row string) bool {
	for _, c := range all {
		if !in[row][c.name].none {
			return true
		}
	}
	return false
}

// answerCell is an answer as a cell has it: a value after "=" is quoted.
func answerCell(answer string) string {
	switch value, read := strings.CutPrefix(answer, "="); {
	case read:
		return "`\"" + value + "\"`"
	case answer == "":
		return "nothing"
	}
	return marked(answer)
}

// marked is a text that Markdown shows as it is.
func marked(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "[", `\[`, "<", `\<`, "_", `\_`, "~", `\~`, "`", "\\`").Replace(text)
}
