package projects

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"kvbench/internal/bounded"
	"kvbench/internal/detect"
	"kvbench/internal/script"
)

// Script is a bundle, and what the comments in its sources say. It is safe for concurrent use.
type Script struct {
	*script.Bundle
	root  string   // of its sources; empty where they are not here
	known sync.Map // by file, comments
}

// comments are the kinds of findings that those of a file suppress, by line, counted from 1.
type comments map[int][]detect.Kind

// ignore is the comment after which a finding is suppressed, on its line or the one above.
const ignore = "kvbench-ignore"

// Suppressed reports whether a comment at the site says so of findings of a kind.
func (s *Script) Suppressed(kind detect.Kind, site detect.Site) bool {
	if site.File == "" {
		return false
	}
	all := s.comments(site.File)
	return slices.Contains(all[site.Line-1], kind) || slices.Contains(all[site.Line], kind)
}

// comments are those of a source.
func (s *Script) comments(file string) comments {
	if all, ok := s.known.Load(file); ok {
		return all.(comments)
	}
	if s.root == "" {
		return nil
	}
	text, err := bounded.ReadFile(filepath.Join(s.root, filepath.FromSlash(file)), maxSource)
	if err != nil {
		text = nil // it was bundled, so that it is a file that is gone since
	}
	all, _ := s.known.LoadOrStore(file, commentsIn(string(text)))
	return all.(comments)
}

func commentsIn(text string) comments {
	out := comments{}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if _, rest, is := strings.Cut(line, ignore); is {
			if kinds := kindsIn(rest); len(kinds) > 0 {
				out[n] = kinds
			}
		}
	}
	return out
}

// kindsIn are the kinds that a comment names, up to the first word that is none: what comes
// after it is why.
func kindsIn(comment string) (out []detect.Kind) {
	for _, word := range strings.FieldsFunc(comment, func(r rune) bool { return strings.ContainsRune(" ,:\t\r", r) }) {
		kind, ok := detect.KindOf(word)
		if !ok {
			break
		}
		out = append(out, kind)
	}
	return out
}
