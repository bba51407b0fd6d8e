package isolate

import (
	"kvbench/internal/clock"

	"github.com/dop251/goja"
)

// Caches are the caches of one location: caches.default and those of caches.open.
type Caches struct{ clock clock.Clock }

// NewCaches returns empty caches that live by a clock.
func NewCaches(c clock.Clock) *Caches { return &Caches{clock: c} }

func (i *Isolate) cacheMatch(goja.FunctionCall) goja.Value  { i.absent("caches"); return nil }
func (i *Isolate) cachePut(goja.FunctionCall) goja.Value    { i.absent("caches"); return nil }
func (i *Isolate) cacheDelete(goja.FunctionCall) goja.Value { i.absent("caches"); return nil }
func (i *Isolate) cacheOpen(goja.FunctionCall) goja.Value   { i.absent("caches"); return nil }
