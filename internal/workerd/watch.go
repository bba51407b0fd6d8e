package workerd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Watch kills the process when its event loop stands still for longer than most: workerd has
// no limit on CPU, and a script that loops for ever holds up all Workers of the process.
// A Worker that waits does not hold it up. Watch returns when the process has ended or ctx
// is done.
func (p *Process) Watch(ctx context.Context, most time.Duration) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(max(most/10, time.Millisecond))
	defer tick.Stop()
	for {
		if err := p.ping(ctx, &client, most); errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			p.Kill(fmt.Errorf("workerd was killed: a script has run for %v in one go, or several have computed or filled memory one after the other for as long", most))
		}
		select {
		case <-p.done:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// ping asks a Worker that does nothing.
func (p *Process) ping(ctx context.Context, client *http.Client, most time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.Address(inside)+"/", http.NoBody)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}
