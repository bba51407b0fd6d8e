package page

import (
	"cmp"
	"fmt"
	"html"
	"html/template"
	"slices"
	"strings"
	"time"

	"kvbench/internal/answer"
	"kvbench/internal/metric"
	"kvbench/internal/runfile"
)

// The picture of an example: a lane for each invocation, time to the right, a mark for each
// call when it ended. Where time passes without a call it is drawn shorter than it was.
const (
	laneHeight = 92
	laneLeft   = 150
	laneTop    = 34
	leastGap   = 96 // between two times, so that words fit
	moreGap    = 70 // that the longest gap is wider
	mostMarks  = 7  // of a lane
)

// mark is one call in the picture.
type mark struct {
	*runfile.FindingStep
	lane  int
	x, y  float64
	guilt bool // what was found is here
	below bool // its words are
}

// interleaving draws how an occurrence came about; id is of the page's own for its arrows.
func interleaving(f *answer.Finding, id string) template.HTML {
	e := f.Example
	if e == nil || len(e.Actors) == 0 {
		return ""
	}
	marks := marksOf(f)
	if len(marks) == 0 {
		return ""
	}
	at, width := scaleOf(e, marks)
	for i := range marks {
		m := &marks[i]
		m.x = at(m.End) - leastGap*float64(alike(marks[i+1:], m))
		m.y = float64(laneTop + laneHeight*m.lane + laneHeight/2)
	}
	var out strings.Builder
	height := laneTop + laneHeight*len(e.Actors) + 34
	fmt.Fprintf(&out, `<svg class="lanes" viewBox="0 0 %.0f %d" width="%.0f" role="img" aria-label="%s">`,
		width, height, width, html.EscapeString(strings.Join(answer.Story(e), "; ")))
	fmt.Fprintf(&out, `<defs><marker id="%s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>`, id)
	from := answer.Origin(e)
	for i := range e.Actors {
		a := &e.Actors[i]
		y := laneTop + laneHeight*i + laneHeight/2
		text(&out, "who", 0, float64(y-6), answer.InvocationName(a))
		text(&out, "where", 0, float64(y+12), fmt.Sprintf("location %d, isolate %d", a.Location+1, a.Isolate+1))
		end := width - 12
		if a.End != nil {
			end = at(*a.End)
		}
		fmt.Fprintf(&out, `<path class="lane" d="M%.1f %dH%.1f"/>`, at(a.Start), y, end)
		if a.End != nil {
			fmt.Fprintf(&out, `<path class="lane" d="M%.1f %dV%d"/>`, end, y-7, y+7)
		}
	}
	arrows(&out, f, marks, id)
	for i := range marks {
		marks[i].below = len(e.Actors) > 1 && marks[i].lane == len(e.Actors)-1
		marks[i].draw(&out, answer.Several(e))
	}
	last := -1e9
	for _, t := range times(marks) {
		if x := at(t); x-last > 44 {
			text(&out, "when", x, float64(height-10), metric.FormatTime(float64(t-from)))
			last = x
		}
	}
	out.WriteString(`</svg>`)
	return template.HTML(out.String()) // every text in it is escaped
}

// marksOf are the calls that are drawn: of a lane with many those of the key.
func marksOf(f *answer.Finding) (out []mark) {
	for i := range f.Example.Actors {
		a := &f.Example.Actors[i]
		n := 0
		for j := range a.Steps {
			s := &a.Steps[j]
			if len(a.Steps) > mostMarks && f.Example.Key != "" && s.Key != f.Example.Key || n == mostMarks {
				continue
			}
			n++
			guilt := a.Role == "found" && (s.Site == f.Site && f.Site != (runfile.Site{}) || f.Site == (runfile.Site{}) && j == len(a.Steps)-1)
			out = append(out, mark{FindingStep: s, lane: i, guilt: guilt})
		}
	}
	return out
}

// alike is how many of the marks are in the lane and at the time of another.
func alike(marks []mark, of *mark) (n int) {
	for i := range marks {
		if marks[i].lane == of.lane && marks[i].End == of.End {
			n++
		}
	}
	return n
}

// times are when the calls ended, each once.
func times(marks []mark) (out []time.Duration) {
	for i := range marks {
		out = append(out, marks[i].End)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// scaleOf places times: in their order, with room between two for words.
func scaleOf(e *runfile.Example, marks []mark) (at func(time.Duration) float64, width float64) {
	all := times(marks)
	for i := range e.Actors {
		all = append(all, e.Actors[i].Start)
		if end := e.Actors[i].End; end != nil {
			all = append(all, *end)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	longest := time.Duration(1)
	for i := 1; i < len(all); i++ {
		longest = max(longest, all[i]-all[i-1])
	}
	ended := times(marks)
	x := make([]float64, len(all))
	x[0] = laneLeft + 10
	for i := 1; i < len(all); i++ {
		gap := 18.0
		if _, found := slices.BinarySearch(ended, all[i]); found {
			most := 1
			for j := range marks {
				if marks[j].End == all[i] {
					most = max(most, alike(marks, &marks[j])) // they stand side by side
				}
			}
			gap = leastGap * float64(most)
		}
		x[i] = x[i-1] + gap + moreGap*float64(all[i]-all[i-1])/float64(longest)
	}
	return func(t time.Duration) float64 {
		i, found := slices.BinarySearchFunc(all, t, cmp.Compare)
		switch {
		case found:
			return x[i]
		case i == 0:
			return x[0]
		case i == len(all):
			return x[i-1]
		}
		return x[i-1] + (x[i]-x[i-1])*float64(t-all[i-1])/float64(all[i]-all[i-1])
	}, x[len(x)-1] + 70
}

func text(out *strings.Builder, class string, x, y float64, words string) {
	fmt.Fprintf(out, `<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, x, y, html.EscapeString(words))
}

// draw draws a call: a write as a square, a read as a ring, what failed as a cross.
func (m *mark) draw(out *strings.Builder, withKey bool) {
	class := "read"
	switch {
	case m.Error != "":
		class = "failed"
	case m.Op == "put" || m.Op == "delete":
		class = "write"
	}
	if m.guilt {
		class += " guilty"
	}
	fmt.Fprintf(out, `<g class="%s">`, class)
	switch {
	case m.Error != "":
		fmt.Fprintf(out, `<path d="M%.1f %.1fl12 12m0 -12l-12 12"/>`, m.x-6, m.y-6)
	case m.Op == "put" || m.Op == "delete":
		fmt.Fprintf(out, `<path d="M%.1f %.1fh14v14h-14z"/>`, m.x-7, m.y-7)
	default:
		fmt.Fprintf(out, `<circle cx="%.1f" cy="%.1f" r="7"/>`, m.x, m.y)
	}
	words, site, key := m.y-16, m.y-30, m.y-44
	if m.below { // so that an arrow has room
		words, site, key = m.y+24, m.y+38, m.y+52
	}
	text(out, "what", m.x, words, m.words())
	below := ""
	if m.Site != (runfile.Site{}) {
		below = m.Site.File[strings.LastIndexByte(m.Site.File, '/')+1:] + fmt.Sprintf(":%d", m.Site.Line)
	}
	if withKey && m.Key != "" {
		text(out, "key", m.x, key, short(m.Key))
	}
	text(out, "site", m.x, site, below)
	out.WriteString(`</g>`)
}

// words are those of a mark.
func (m *mark) words() string {
	switch {
	case m.Error != "":
		return m.Op + ": " + m.Error
	case m.Op == "put":
		return fmt.Sprintf("writes v%d", m.Version)
	case m.Op == "delete":
		return fmt.Sprintf("deletes (v%d)", m.Version)
	case m.Op == "list":
		return fmt.Sprintf("lists %d names", m.Names)
	case m.Absent:
		return "finds nothing"
	case m.Unknown:
		return "reads a version"
	}
	words := fmt.Sprintf("reads v%d", m.Version)
	if m.Cached {
		words += " (cache)"
	}
	return words
}

// arrows draws who overwrote whom: from the write to what it overwrote without having seen it.
func arrows(out *strings.Builder, f *answer.Finding, marks []mark, id string) {
	var from, to *mark
	for i := range marks {
		m := &marks[i]
		if m.Key != f.Example.Key || m.Op != "put" && m.Op != "delete" || m.Error != "" {
			continue
		}
		switch f.Example.Actors[m.lane].Role {
		case "found":
			from = m
		case "overwritten":
			to = m
		}
	}
	if from == nil || to == nil || from.lane == to.lane {
		return
	}
	mid, start, end := (from.y+to.y)/2, from.y-7, to.y+12
	if from.y < to.y {
		start, end = from.y+7, to.y-12
	}
	fmt.Fprintf(out, `<path class="over" marker-end="url(#%s)" d="M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f"/>`,
		id, from.x, start, from.x, mid, to.x, mid, to.x, end)
	text(out, "overwrites", (from.x+to.x)/2, mid, fmt.Sprintf("overwrites v%d, unseen", to.Version))
}

// short is a key that fits above a mark.
func short(key string) string {
	if runes := []rune(key); len(runes) > 18 {
		return "…" + string(runes[len(runes)-17:])
	}
	return key
}
