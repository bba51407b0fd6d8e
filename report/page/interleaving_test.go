package page

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"kvbench/internal/answer"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// A race is drawn as a lane an invocation, with an arrow from the write to what it overwrote,
// and what comes from outside is escaped.
func TestInterleaving(t *testing.T) {
	const hostile = `<script>"&'`
	at := func(line int) runfile.Site {
		return runfile.Site{File: "src/" + hostile + ".ts", Line: line, Column: 5}
	}
	end := 3 * time.Second
	f := &answer.Finding{Finding: result.Finding{Site: at(14), Example: &runfile.Example{Key: hostile, Actors: []runfile.Actor{
		{Invocation: 1, Role: "overwritten", Start: 1e9, End: &end, Steps: []runfile.FindingStep{
			{Op: "get", Key: hostile, Site: at(3), Start: 1e9, End: 2e9, Version: 1}, {Op: "put", Key: hostile, Site: at(4), Start: 2e9, End: 3e9, Version: 2},
		}},
		{Invocation: 2, Request: 3, Role: "found", Location: 1, Start: 1e9, Steps: []runfile.FindingStep{
			{Op: "get", Key: hostile, Site: at(13), Start: 1e9, End: 15e8, Version: 1, Cached: true},
			{Op: "put", Key: "other", Site: at(13), Start: 15e8, End: 16e8, Version: 1},
			{Op: "put", Key: hostile, Site: at(14), Start: 2e9, End: 4e9, Version: 3},
		}},
	}}}}
	svg := string(interleaving(f, "x"))
	texts := 0
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Error("what came from outside is an element")
		} else if ok && e.Name.Local == "text" {
			texts++
		}
	}
	for _, want := range []string{"overwrites v2, unseen", "reads v1 (cache)", "invocation 2.4", "location 2", ":14<", "write guilty", `marker-end="url(#x)"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in %s", want, svg)
		}
	}
	if n := strings.Count(svg, `class="lane"`); n < 2 || texts < 12 {
		t.Errorf("%d lanes, %d texts", n, texts)
	}
	if words := answer.Story(f.Example)[0]; !strings.Contains(words, hostile) {
		t.Errorf("no key in %q", words)
	}
	f.Example = nil
	if interleaving(f, "x") != "" {
		t.Error("a picture of nothing")
	}
}

// Calls of an invocation that end at once stand side by side, in their order.
func TestInterleavingAtOnce(t *testing.T) {
	f := &answer.Finding{Finding: result.Finding{Example: &runfile.Example{Actors: []runfile.Actor{
		{Role: "found", Steps: []runfile.FindingStep{{Op: "get", Key: "a", End: 5e7}, {Op: "put", Key: "b", Start: 5e7, End: 5e7}}},
	}}}}
	var ring, square, y float64
	svg := string(interleaving(f, "x"))
	_, read, _ := strings.Cut(svg, "<circle ")
	_, write, _ := strings.Cut(svg, `<g class="write guilty"><path `)
	if _, err := fmt.Sscanf(read, `cx="%f"`, &ring); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(write, `d="M%f %f`, &square, &y); err != nil {
		t.Fatal(err)
	}
	if ring < laneLeft || square-ring < 60 {
		t.Errorf("a read at %.0f, and a write at %.0f", ring, square)
	}
}
