package command

import (
	"fmt"
	"io"
	"strings"

	"kvbench/drivers"
	"kvbench/internal/setting"
)

// printMarkdown prints the document of a topic; that of no topic is the patterns'.
func (l *listing) printMarkdown(w io.Writer, topic string) error {
	switch topic {
	case "":
		l.markdown(w)
	case driversTopic:
		l.markdownDrivers(w)
	case apisTopic:
		markdownAPIs(w, listAPIs())
	case findingsTopic:
		markdownFindings(w, listFindings())
	default:
		return usage(fmt.Errorf("--markdown is for all patterns, or for %s, %s or %s", driversTopic, apisTopic, findingsTopic))
	}
	return nil
}

// markdown prints docs/patterns.md.
func (l *listing) markdown(w io.Writer) {
	fmt.Fprint(w, "# Patterns\n\nMade by `kvbench list --markdown`; a test keeps it in step with the code.\n\n"+
		"A transaction is one logical operation of a pattern and ends in one outcome. An anomaly counts and sizes what went\n"+
		"wrong, as a share of a series or an outcome; a gauge is a size that is neither right nor wrong; a call is something\n"+
		"that takes time beside the calls of the store. The variant that does what the pattern's published example does,\n"+
		"mistakes included, is marked \"as published\".\n\n"+
		"| pattern | variants | outcomes | anomalies and gauges |\n|---|---|---|---|\n")
	for _, p := range l.Patterns {
		var variants, observed []string
		for _, v := range p.Variants {
			variants = append(variants, v.Name)
		}
		for _, s := range p.Series {
			if s.Class != "call" {
				observed = append(observed, s.Name)
			}
		}
		fmt.Fprintf(w, "| [%s](#%[1]s) | %s | %s | %s |\n", p.Name, strings.Join(variants, ", "), p.outcomes(), strings.Join(observed, ", "))
	}
	for _, p := range l.Patterns {
		fmt.Fprintf(w, "\n## %s\n\n%s\n\nOutcomes: %s.\n\n| variant | what it does |\n|---|---|\n", p.Name, p.Doc, p.outcomes())
		for _, v := range p.Variants {
			published := ""
			if v.Name == p.Published {
				published = ", as published"
			}
			fmt.Fprintf(w, "| `%s`%s | %s |\n", v.Name, published, v.Doc)
		}
		fmt.Fprint(w, "\n| observed | class | share of | a variant that has it | unit | one value of it |\n|---|---|---|---|---|---|\n")
		for _, s := range p.Series {
			fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s | %s |\n",
				s.Name, s.Class, s.Of, strings.ReplaceAll(s.Says, "{share}", "N%"), s.Unit, s.Doc)
		}
		fmt.Fprintf(w, "\nSettings, in `with:` of a scenario:\n\n")
		setting.Markdown(w, "setting", p.Settings)
		for _, m := range p.Models {
			fmt.Fprintf(w, "\nModelled, whatever the store is: %s.\n", m)
		}
	}
}

// markdownDrivers prints docs/drivers.md.
func (l *listing) markdownDrivers(w io.Writer) {
	fmt.Fprint(w, "# Drivers\n\nMade by `kvbench list drivers --markdown`; a test keeps it in step with the code.\n\n"+
		"A driver is named by a URL, `--driver` or `driver:` in a scenario file: `scheme://...?option=value&option=value`.\n"+
		"Each option is given at most once. [redis.md](redis.md) says more of Redis and of the store\n"+
		"that does nothing, [own-driver.md](own-driver.md) how to add a driver of your own.\n")
	for _, d := range l.Drivers {
		fmt.Fprintf(w, "\n## %s\n\n%s. Such as `%s`.\n\n", d.Scheme, d.Doc, d.Example)
		setting.Markdown(w, "option", d.Options[:d.own])
		if len(d.Secrets) > 0 {
			fmt.Fprintf(w, "\nThe secret is taken from the environment: `%s`.\n", strings.Join(d.Secrets, "`, `"))
		}
		if len(d.Profiles) == 0 {
			continue
		}
		fmt.Fprint(w, "\nHow long calls take in each profile, by their percentiles; nothing where a field is empty. A write is a put, a\n"+
			"delete or a whole bulk put.\n\n| profile | hot get | cold get | page of a listing | write |\n|---|---|---|---|---|\n")
		for _, p := range d.Profiles {
			fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s |\n", p.Name, p.Hot, p.Cold, p.List, p.Write)
		}
	}
	fmt.Fprint(w, "\n## Of every driver\n\nSee [faults.md](faults.md) for what each fault does.\n\n")
	setting.Markdown(w, "option", drivers.Shared())
}
