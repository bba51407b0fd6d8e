package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// Worker is an agent's side.
type Worker struct {
	*Conn
	id    string
	lanes int
	calls chan Call

	mu    sync.Mutex // guards all below
	beat  Beat
	every time.Duration // how often it is said
}

// NewWorker returns an agent that does up to so many parts at once. It says that it is there until ctx is
// done.
func NewWorker(ctx context.Context, c *Conn, host string, cpus, lanes int, version string) (*Worker, error) {
	w := &Worker{Conn: c, id: nuid.Next(), lanes: lanes, calls: make(chan Call, 64), every: beatEvery}
	w.beat = Beat{Agent: w.id, Host: host, CPUs: cpus, Version: version}
	_, err := c.nc.Subscribe(callSubject, func(m *nats.Msg) {
		var call Call
		if len(m.Data) > maxPiece || json.Unmarshal(m.Data, &call) != nil || call.check() != nil {
			return
		}
		select {
		case w.calls <- call:
		default: // it is said again
		}
	})
	if err != nil {
		return nil, err
	}
	_, err = c.nc.Subscribe(timeSubject(w.id), func(m *nats.Msg) {
		_ = m.Respond(strconv.AppendInt(nil, time.Now().UnixNano(), 10)) // it is asked again
	})
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			w.say()
			w.mu.Lock()
			every := w.every
			w.mu.Unlock()
			if sleep(ctx, every) != nil {
				return
			}
		}
	}()
	return w, nil
}

// Leave says that the agent ends, and why where it refuses a job.
func (w *Worker) Leave() {
	w.set(func(b *Beat) { b.Gone = true })
	_ = w.nc.FlushTimeout(shortWait) // the leader finds out as its beats end
}

// Refuse says why the agent takes no part in the job.
func (w *Worker) Refuse(job, why string) { w.set(func(b *Beat) { b.Job, b.Refused = job, why }) }

func (w *Worker) set(change func(*Beat)) {
	w.mu.Lock()
	change(&w.beat)
	w.mu.Unlock()
	w.say()
}

func (w *Worker) say() {
	w.mu.Lock()
	text, err := json.Marshal(w.beat)
	w.mu.Unlock()
	if err == nil {
		_ = w.nc.Publish(beatSubject, text) // it is said again
	}
}

// Await waits for a call of a job, but for those that skip says.
func (w *Worker) Await(ctx context.Context, skip func(job string) bool) (Call, error) {
	for {
		select {
		case c := <-w.calls:
			if !c.Over && !skip(c.Job) {
				return c, nil
			}
		case <-w.closed:
			return Call{}, w.lost()
		case <-ctx.Done():
			return Call{}, ctx.Err()
		}
	}
}

// Plan reads what every agent has to know of a job, for which it waits until it is there.
func (w *Worker) Plan(ctx context.Context, job string) (plan []byte, err error) {
	for n, of := 0, 1; n < of; n++ {
		err := w.persist(ctx, "reading the plan", func(ctx context.Context) error {
			stream, err := w.js.Stream(ctx, streamOf(job))
			if err != nil {
				return err
			}
			m, err := stream.GetLastMsgForSubject(ctx, planSubject(job, n))
			if err != nil {
				return err
			}
			if of, err = strconv.Atoi(m.Header.Get(headOf)); err != nil || of < 1 || of > maxPieces || len(m.Data) > maxPiece {
				return fmt.Errorf("a plan of %q pieces", m.Header.Get(headOf))
			}
			plan = append(plan, m.Data...)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return plan, nil
}

// Serve claims parts of a job and has do do them until the job is over. An error of do that is
// final ends it.
func (w *Worker) Serve(ctx context.Context, call Call, do func(context.Context, *Claim) error) (why string, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w.mu.Lock()
	w.every = call.beat()
	w.mu.Unlock()
	w.set(func(b *Beat) { b.Job, b.Refused = call.Job, "" })
	defer w.set(func(b *Beat) { b.Job, b.Parts = "", nil })
	lanes := w.lanes
	if call.Once {
		lanes = 1
	}
	free := make(chan struct{}, lanes)
	ended := make(chan error, lanes+1)
	var claims sync.WaitGroup
	defer claims.Wait()
	defer stop()
	claims.Go(func() {
		if err := w.claims(ctx, call, free, ended, do); err != nil && ctx.Err() == nil {
			ended <- err
		}
	})
	heard := time.Now()
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		select {
		case c := <-w.calls:
			if c.Job != call.Job {
				continue
			}
			if heard = time.Now(); c.Over {
				return c.Why, nil
			}
		case err := <-ended:
			return "", err
		case <-ctx.Done():
			return "", ctx.Err()
		case <-w.closed:
			return "", w.lost()
		case <-look.C:
			if time.Since(heard) > patience {
				return "", fmt.Errorf("the leader: %w", ErrGone)
			}
		}
	}
}

// claims claims parts as long as there are any, each in a lane that is free.
func (w *Worker) claims(ctx context.Context, call Call, free chan struct{}, ended chan<- error, do func(context.Context, *Claim) error) error {
	var doing sync.WaitGroup
	defer doing.Wait()
	var cons jetstream.Consumer
	for {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		var m jetstream.Msg
		for m == nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			err := w.persist(ctx, "claiming a part", func(ctx context.Context) (err error) {
				if cons == nil {
					if cons, err = w.js.Consumer(ctx, streamOf(call.Job), consumer); err != nil {
						return err
					}
				}
				batch, err := cons.Fetch(1, jetstream.FetchMaxWait(time.Second))
				if err != nil {
					return err
				}
				for got := range batch.Messages() {
					m = got
				}
				if err := batch.Error(); m == nil && err != nil && !errors.Is(err, nats.ErrTimeout) {
					return err
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		claim, err := w.claim(call.Job, m)
		if err != nil {
			_ = m.Term() // nobody can do it
			<-free
			continue
		}
		doing.Go(func() {
			defer func() { <-free }()
			if err := w.hold(ctx, call, claim, do); err != nil && ctx.Err() == nil {
				select {
				case ended <- err:
				case <-ctx.Done():
				}
			}
		})
	}
}
