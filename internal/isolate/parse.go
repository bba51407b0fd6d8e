package isolate

import (
	"errors"
	"fmt"
	"strings"

	"kvbench/internal/script"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
)

// maxQuoted bounds how many fields of a script have their names quoted.
const maxQuoted = 200

// quoted is where a field's name was put in quotes, which moves what is behind it by two
// columns.
type quoted struct{ line, column int }

// parse parses a bundle. The parser takes a class's field that is named get, set or async
// for a method; in quotes it does not, so that it is given those where it stops at them.
func parse(b *script.Bundle) (*ast.Program, []quoted, error) {
	code := b.Code
	var all []quoted
	for {
		tree, err := parser.ParseFile(nil, b.Name, code, 0, parser.WithDisableSourceMaps)
		if err == nil {
			return tree, all, nil
		}
		list, ok := errors.AsType[parser.ErrorList](err)
		if !ok || len(list) == 0 || len(all) == maxQuoted {
			return nil, nil, syntaxError(b, err)
		}
		line := list[0].Position.Line
		at := offset(code, line, list[0].Position.Column)
		if at < 0 {
			return nil, nil, syntaxError(b, err)
		}
		// The parser has gone on to what is behind the field's sign.
		if at = strings.LastIndexByte(code[:at+1], '='); at < 0 {
			return nil, nil, syntaxError(b, err)
		}
		head := strings.TrimRight(code[:at], " ")
		name := ""
		for _, n := range []string{"get", "set", "async"} {
			if rest, ok := strings.CutSuffix(head, n); ok && endsWord(rest) {
				name = n
			}
		}
		if name == "" {
			return nil, nil, syntaxError(b, err)
		}
		from := len(head) - len(name)
		code = code[:from] + `"` + name + `"` + code[from+len(name):]
		all = append(all, quoted{line, from - strings.LastIndexByte(code[:from], '\n')})
	}
}

// syntaxError is one of the parser at its place in the sources, where that is known.
func syntaxError(b *script.Bundle, err error) error {
	list, ok := errors.AsType[parser.ErrorList](err)
	if !ok || len(list) == 0 {
		return fmt.Errorf("%s: SyntaxError: %w", b.Name, err)
	}
	if p, _ := b.Site(list[0].Position.Line, list[0].Position.Column); p.File != "" {
		return fmt.Errorf("%s:%d:%d: SyntaxError: %s", p.File, p.Line, p.Column, list[0].Message)
	}
	return fmt.Errorf("%s: SyntaxError: %s", b.Name, list[0].Message)
}

// endsWord reports whether a name may begin after a text: a space or a brace is before it.
func endsWord(text string) bool {
	return text == "" || strings.ContainsRune(" \t\n{};", rune(text[len(text)-1]))
}

// offset is where a line and column, counted from 1, is in a text; -1 where it is not.
func offset(text string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			return -1
		}
		at += n + 1
	}
	if at += column - 1; at < 0 || at >= len(text) {
		return -1
	}
	return at
}

// site maps a place in the script as it runs to where it came from.
func (p *Program) site(line, column int) (script.Place, bool) {
	was := column
	for _, q := range p.quoted {
		if q.line == line && q.column < column {
			was -= 2
		}
	}
	return p.bundle.Site(line, max(was, 1))
}
