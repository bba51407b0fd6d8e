// Package web serves how far a run is: a page for people, and metrics for Prometheus.
package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"kvbench/internal/live"
	"kvbench/internal/live/screen"
	"kvbench/internal/metric"
)

var (
	//go:embed page.css
	css string
	//go:embed page.tmpl.html
	source string

	pageTemplate = template.Must(template.New("live").Parse(source))
)

// policy allows the page its own style sheet and nothing else.
func policy() string {
	sum := sha256.Sum256([]byte(css))
	return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// page is what the template shows: the table of the terminal.
type page struct {
	CSS         template.CSS
	Done, Total int
	Elapsed     time.Duration
	Columns     []string
	Groups      []*group
	Shards      *shards // of a run that agents do
}

// shards is the table of the terminal of such a run.
type shards struct {
	Headline, Doing string
	Rows            []shard
}

type shard struct{ Host, Number, Run, Share, Rate string }

// shardPage is a page of a run that agents do.
func shardPage(s live.State) *page {
	p := &page{CSS: template.CSS(css), Done: s.Shards.Whole, Total: s.Shards.Total(), Elapsed: s.Elapsed.Round(time.Second)}
	p.Shards = &shards{Headline: screen.Headline(s.Shards), Doing: s.Shards.Doing}
	for _, r := range s.Shards.Rows {
		var row shard
		row.Host, row.Number, row.Run, row.Share, row.Rate = screen.ShardCells(r)
		p.Shards.Rows = append(p.Shards.Rows, row)
	}
	return p
}

// group is what runs of one scenario.
type group struct {
	Title, Facts string
	Rows         []row
}

type row struct {
	Label, Done, Rate, Target, InFlight, P50, P99, Errors, Left string
	Faulty                                                      bool
	Line                                                        string // points of a polyline; empty where there are none
}

func newPage(s live.State) *page {
	if s.Shards != nil {
		return shardPage(s)
	}
	p := &page{
		CSS: template.CSS(css), Done: s.Done, Total: s.Total, Elapsed: s.Elapsed.Round(time.Second),
		Columns: []string{"done", "rate/s", "target", "in flight", "p50", "p99", "errors", "p99 so far", "left"},
	}
	for _, r := range s.Rows {
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Title != r.Title {
			p.Groups = append(p.Groups, &group{Title: r.Title, Facts: r.Facts})
		}
		g := p.Groups[len(p.Groups)-1]
		g.Rows = append(g.Rows, row{
			Label: r.Label, Done: r.Share.Text(screen.Whole), Rate: r.Rate.Text(metric.FormatCount),
			Target: r.Target.Text(metric.FormatCount), InFlight: r.InFlight.Text(metric.FormatCount),
			P50: r.P50.Text(metric.FormatTime), P99: r.P99.Text(metric.FormatTime),
			Errors: r.Errors.Text(metric.FormatShare), Faulty: r.Errors.Or(0) > 0,
			Line: line(r.P99s), Left: screen.Left(r),
		})
	}
	return p
}

// line are the points of a polyline, 160 wide and 22 high, from 0 to the highest value.
func line(values []float64) string {
	if len(values) < 2 {
		return ""
	}
	top := max(slices.Max(values), 1)
	points := make([]string, len(values))
	for i, v := range values {
		points[i] = fmt.Sprintf("%.1f,%.1f", 160*float64(i)/float64(len(values)-1), 21-20*v/top)
	}
	return strings.Join(points, " ")
}

// servePage serves the page of a board.
func servePage(board *live.Board) http.HandlerFunc {
	allowed := policy()
	return func(w http.ResponseWriter, _ *http.Request) {
		var out bytes.Buffer
		if err := pageTemplate.Execute(&out, newPage(board.State())); err != nil {
			http.Error(w, "the page can't be made", http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", allowed)
		h.Set("Cache-Control", "no-store")
		_, _ = out.WriteTo(w) // who asked may be gone
	}
}
