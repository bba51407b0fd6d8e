// Package reporttest reads back what a report consists of, each file with a reader of
// its format, and says what is wrong with it.
package reporttest

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"kvbench/internal/printable"
)

// readers read a file by the end of its name.
var readers = []struct {
	suffix string
	read   func(data []byte) error
}{
	{".png", picture},
	{".svg", drawing},
	{"junit.xml", xmlTokens},
	{".csv", commaSeparated},
	{".bench.txt", benchmarks},
	{".hlog", intervalLog},
	{".html", page},
	{".md", markdown},
	{".json", object},
	{".sarif", object},
}

// Folder reads every file of a report in a folder and below, but for the run file, and
// returns how many there are. It joins all errors, each with the file's name.
func Folder(dir string) (n int, err error) {
	var errs []error
	walked := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".jsonl" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		if err := File(path, data); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", filepath.Base(path), err))
		}
		return nil
	})
	return n, errors.Join(append(errs, walked)...)
}

// File reads a file of a report.
func File(name string, data []byte) error {
	i := slices.IndexFunc(readers, func(r struct {
		suffix string
		read   func([]byte) error
	},
	) bool {
		return strings.HasSuffix(name, r.suffix)
	})
	if i < 0 {
		return errors.New("no format of a report has this name")
	}
	if len(data) == 0 {
		return errors.New("it is empty")
	}
	err := readers[i].read(data)
	if readers[i].suffix == ".png" {
		return err
	}
	return errors.Join(err, Text(data))
}

var (
	noNumber = regexp.MustCompile(`[+-]?\b(?:NaN|Inf)\b`)
	// encoded is base64, which may spell anything.
	encoded = regexp.MustCompile(`[A-Za-z0-9+/]{40,}=*`)
)

// Text says what is wrong with any text: bytes that are no UTF-8, characters that can't
// be seen or steer a terminal, and figures that are no number.
func Text(data []byte) error {
	text := string(data)
	switch shown := printable.Text(text); {
	case !utf8.Valid(data):
		return errors.New("it is no UTF-8")
	case shown != text:
		at := 0
		for at < len(text) && text[at] == shown[at] {
			at++
		}
		return fmt.Errorf("it can't be shown: %q", text[max(0, at-40):min(len(text), at+40)])
	}
	text = encoded.ReplaceAllString(text, "")
	if at := noNumber.FindStringIndex(text); at != nil {
		return fmt.Errorf("it holds what is no number: %q", text[max(0, at[0]-60):min(len(text), at[1]+30)])
	}
	return nil
}

// maxPixels bounds a picture: 100 MB in memory.
const maxPixels = 25_000_000

// picture also looks at how large it is, and for something on its paper.
func picture(data []byte) error {
	head, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if head.Width*head.Height > maxPixels {
		return fmt.Errorf("a picture of %d × %d", head.Width, head.Height)
	}
	p, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	paper := p.At(0, 0)
	for y := range head.Height {
		for x := range head.Width {
			if p.At(x, y) != paper {
				return nil
			}
		}
	}
	return errors.New("it shows nothing")
}
