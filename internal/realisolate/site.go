package realisolate

import (
	"strconv"
	"strings"

	"kvbench/internal/detect"
)

// place is where a stack of the script is in its sources.
type place struct {
	site  detect.Site // innermost of the author's own; else of a package
	stack []detect.Site
}

// mostSites bounds the stacks that are kept.
const mostSites = 100_000

// site finds the places that the shim tells, as LINE:COLUMN in base 36, innermost first, with
// slashes between them. The zero Site is none.
func (r *Runtime) site(text string) (detect.Site, []detect.Site) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, ok := r.sites[text]; ok {
		return p.site, p.stack
	}
	var p place
	own := false
	for one := range strings.SplitSeq(text, "/") {
		line, column, ok := strings.Cut(one, ":")
		l, errL := strconv.ParseInt(line, 36, 32)
		c, errC := strconv.ParseInt(column, 36, 32)
		if !ok || errL != nil || errC != nil {
			continue
		}
		found, mine := r.config.Bundle.Site(int(l), int(c))
		site := detect.Site(found)
		if site == (detect.Site{}) {
			continue
		}
		p.stack = append(p.stack, site)
		if mine && !own || p.site == (detect.Site{}) {
			p.site, own = site, mine
		}
	}
	if len(r.sites) < mostSites {
		r.sites[text] = p
	}
	return p.site, p.stack
}
