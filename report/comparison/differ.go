package comparison

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/compare"
)

// sameDefinitions is said where nothing differs but what the runs measured.
const sameDefinitions = "Definitions and drivers are the same."

// mostDrivers is in how many ways drivers may differ that are said one by one.
const mostDrivers = 3

// differences says every difference of the definitions once, with the scenarios that
// have it: "driver: fault=brownout in head (session, profile)".
func differences(c *compare.Comparison) []string {
	var texts []string
	scenarios := map[string][]string{}
	drivers := driverDifferences(c)
	for _, d := range c.Differences {
		what := d.What()
		if d.Field == "driver" && drivers != "" {
			what = drivers
		}
		if _, seen := scenarios[what]; !seen {
			texts = append(texts, what)
		}
		scenarios[what] = append(scenarios[what], d.Scenario)
	}
	all := scenariosOf(c)
	for i, what := range texts {
		switch names := scenarios[what]; {
		case names[0] == "":
		case len(names) == all && all > 1:
			texts[i] = fmt.Sprintf("%s (all %d scenarios)", what, all)
		default:
			texts[i] = what + " (" + some(names) + ")"
		}
	}
	return texts
}

// driverDifferences sums up how drivers differ where they do in many ways, as where a run
// has one driver for scenarios that each had their own; else it is empty.
func driverDifferences(c *compare.Comparison) string {
	var ways, bases, heads []string
	add := func(list *[]string, text string) {
		if !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	for _, d := range c.Differences {
		if d.Field == "driver" {
			add(&ways, d.What())
			add(&bases, d.Base)
			add(&heads, d.Head)
		}
	}
	if len(ways) <= mostDrivers {
		return ""
	}
	side := func(drivers []string) string {
		if len(drivers) == 1 {
			return drivers[0]
		}
		return plural(len(drivers), "driver")
	}
	return "driver: " + side(bases) + " in base, " + side(heads) + " in head"
}

// scenariosOf is how many scenarios were compared.
func scenariosOf(c *compare.Comparison) int {
	names := map[string]bool{}
	for i := range c.Deltas {
		names[c.Deltas[i].Scenario] = true
	}
	for _, d := range c.Differences {
		if d.Scenario != "" {
			names[d.Scenario] = true
		}
	}
	return len(names)
}

// apart says how many figures are worse where the definition is another, and how many
// where it is the same; empty where no scenario was redefined.
func apart(c *compare.Comparison) string {
	if len(c.Redefined) == 0 {
		return ""
	}
	worse := map[bool]int{}
	for i := range c.Deltas {
		if d := &c.Deltas[i]; d.Verdict == compare.Worse && d.SameAs == "" {
			worse[d.Redefined]++
		}
	}
	names := strings.Join(c.Redefined, ", ")
	if len(c.Redefined) > mostNames {
		names = plural(len(c.Redefined), "scenario")
	}
	return fmt.Sprintf("Redefined (%s): %d worse. Same definition: %d worse.", names, worse[true], worse[false])
}

// mostNames is the most names that a list of them holds.
const mostNames = 4

// some lists names, the first three of many.
func some(names []string) string {
	if len(names) > mostNames {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

// first are the first of texts, and how many more there are.
func first(texts []string, most int) []string {
	if len(texts) <= most {
		return texts
	}
	return append(slices.Clone(texts[:most]), fmt.Sprintf("and %d more", len(texts)-most))
}
