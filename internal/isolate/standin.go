package isolate

import (
	"context"
	"errors"
	"net/http"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/script"
	"kvbench/internal/webapi"
	"kvbench/kv"
)

type Config struct {
	Clock    clock.Clock
	Program  *Program
	Bindings []string
	Vars     map[string]any
	Location string
	Seed     uint64
	Caches   *Caches
	Absent   map[string]string
}
type (
	Caches    struct{}
	Program   struct{ bundle *script.Bundle }
	Isolate   struct{ c Config }
	Result    struct{ Response *webapi.Response }
	Exception struct {
		Name, Message string
		Site          detect.Site
	}
)

func (e *Exception) Error() string { return e.Message }

var ErrHung = errors.New("hung")

func NewCaches(clock.Clock) *Caches              { return nil }
func Compile(b *script.Bundle) (*Program, error) { return &Program{b}, nil }
func New(c Config) (*Isolate, error)             { return &Isolate{c}, nil }
func (i *Isolate) Handles() (bool, bool)         { return true, true }
func (i *Isolate) Fetch(ctx context.Context, h Host, r *webapi.Request) (Result, error) {
	p := i.c.Clock.Parker()
	var e kv.Entry
	var err error
	h.Start(ctx, detect.Site{}, func(ctx context.Context, t Task) {
		err = t.KV(0).Get(ctx, "user:"+r.URL[len("https://worker.example.com/user/"):], kv.GetOptions{}, &e)
		p.Unpark()
	})
	if err := p.Park(ctx); err != nil {
		return Result{}, err
	}
	h.Ended(nil)
	out := &webapi.Response{Status: 200, Headers: http.Header{}, Body: e.Value}
	if err != nil {
		out.Status = 404
	}
	return Result{out}, nil
}

func (i *Isolate) Scheduled(ctx context.Context, h Host, cron string, at time.Time) (Result, error) {
	h.Ended(nil)
	return Result{}, nil
}
