package reporttest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/net/html"
	"golang.org/x/perf/benchfmt"
)

func xmlTokens(data []byte) error {
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// drawing also looks for a title, and for what is drawn: in the groups of the variants,
// or, in a chart without any, beside its ground and its text.
func drawing(data []byte) error {
	titles, groups, inGroups, paths, depth := 0, 0, 0, 0, 0
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth > 0 {
				inGroups++
			}
			switch e.Name.Local {
			case "title":
				titles++
			case "g":
				groups, depth = groups+1, depth+1
			case "path":
				paths++
			}
		case xml.EndElement:
			if e.Name.Local == "g" {
				depth--
			}
		}
	}
	switch {
	case titles == 0:
		return errors.New("it has no title")
	case groups > 0 && inGroups == 0, groups == 0 && paths < 2:
		return errors.New("it shows nothing")
	}
	return nil
}

// commaSeparated also looks for fields that a spreadsheet takes for a formula.
func commaSeparated(data []byte) error {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	for _, row := range rows {
		for _, field := range row {
			_, number := strconv.ParseFloat(field, 64)
			if first := strings.TrimSpace(field); number != nil && first != "" && strings.ContainsRune("=+-@", rune(first[0])) {
				return fmt.Errorf("the field %q is a formula", field)
			}
		}
	}
	return err
}

func benchmarks(data []byte) error {
	lines := 0
	for r := benchfmt.NewReader(bytes.NewReader(data), "report.bench.txt"); r.Scan(); {
		result, ok := r.Result().(*benchfmt.Result)
		if !ok {
			return fmt.Errorf("%v", r.Result())
		}
		if base, parts := result.Name.Parts(); string(base) != "KV" || len(parts) != 3 {
			return fmt.Errorf("the benchmark %q is not of a scenario and a variant", result.Name)
		}
		lines++
	}
	if want := bytes.Count(data, []byte("BenchmarkKV/")); lines != want {
		return fmt.Errorf("%d benchmarks of %d are read", lines, want)
	}
	return nil
}

func intervalLog(data []byte) error {
	lines := 0
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, `"`) {
			lines++
		}
	}
	for r := hdr.NewHistogramLogReader(bytes.NewReader(data)); ; lines-- {
		h, err := r.NextIntervalHistogram()
		if err != nil {
			return err
		}
		if h == nil {
			break
		}
	}
	if lines != 0 {
		return fmt.Errorf("%d intervals are not read", lines)
	}
	return nil
}

// page looks for scripts of others.
func page(data []byte) error {
	scripts := 0
	for z := html.NewTokenizer(bytes.NewReader(data)); ; {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return err
			}
			if scripts > 0 {
				return fmt.Errorf("%d attributes or links run a script", scripts)
			}
			return nil
		case html.StartTagToken, html.SelfClosingTagToken:
			for _, a := range z.Token().Attr {
				if strings.HasPrefix(a.Key, "on") || (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "#") {
					scripts++
				}
			}
		}
	}
}

// cell is a cell of a Markdown table with the bar before it; a bar behind a backslash
// is none.
var cell = regexp.MustCompile(`(^|[^\\])(\\\\)*\|`)

// markdown holds the rows of a table against each other, and looks for elements that
// the report does not write.
func markdown(data []byte) error {
	columns, fenced := 0, false
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		if fenced {
			continue
		}
		for _, ours := range []string{"<br>", "<details>", "</details>", "<summary>", "</summary>"} {
			line = strings.ReplaceAll(line, ours, "")
		}
		if strings.Contains(line, "<") {
			return fmt.Errorf("an element that is not the report's: %q", line)
		}
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		switch n := len(cell.FindAllString(line, -1)); {
		case columns == 0:
			columns = n
		case n != columns:
			return fmt.Errorf("a row of %d cells in a table of %d: %q", n, columns, line)
		}
	}
	if fenced {
		return errors.New("a fence is open at its end")
	}
	return nil
}

func object(data []byte) error {
	var v map[string]any
	return json.Unmarshal(data, &v)
}
