package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Leader leads one job.
type Leader struct {
	*Conn
	call   Call
	stream jetstream.Stream

	told func(Beat, bool)

	mu     sync.Mutex // guards all below
	agents map[string]*Agent
	doing  map[int]doer
	ear    ear
}

// Agent is what a leader knows of one.
type Agent struct {
	Beat
	heard time.Duration // when the last beat came: see ear
	// Offset is how far its clock is ahead of the leader's, to within Within; known once it
	// was measured, which Within > 0 says.
	Offset, Within time.Duration
}

// Lead makes the stream of a job, or goes on with the one that is there, and calls for agents
// until ctx is done. changed is called when an agent comes, goes or refuses.
func Lead(ctx context.Context, c *Conn, call Call, changed func(b Beat, first bool)) (*Leader, error) {
	if err := call.check(); err != nil {
		return nil, err
	}
	l := &Leader{Conn: c, call: call, told: changed, agents: map[string]*Agent{}, doing: map[int]doer{}}
	err := c.persist(ctx, "making the job's stream", func(ctx context.Context) (err error) {
		l.stream, err = c.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: streamOf(call.Job), Description: "a run of kvbench", Subjects: []string{"kvbench." + call.Job + ".>"},
			Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, MaxAge: keep,
		})
		if err != nil {
			return err
		}
		_, err = l.stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
			Durable: consumer, FilterSubject: fmt.Sprintf("kvbench.%s.part.*", call.Job), AckPolicy: jetstream.AckExplicitPolicy,
			AckWait: call.claim(), MaxDeliver: -1, MaxAckPending: 100_000, DeliverPolicy: jetstream.DeliverAllPolicy,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := c.nc.Subscribe(beatSubject, l.hear); err != nil {
		return nil, err
	}
	if _, err := c.nc.Subscribe(callSubject, l.listen); err != nil {
		return nil, err
	}
	go l.calls(ctx)
	return l, nil
}

// calls says what the job is until ctx is done.
func (l *Leader) calls(ctx context.Context) {
	for {
		l.say(l.call)
		if sleep(ctx, l.call.beat()/2) != nil {
			return
		}
	}
}

func (l *Leader) say(c Call) {
	if text, err := json.Marshal(c); err == nil {
		_ = l.nc.Publish(callSubject, text) // it is said again
	}
}

func (l *Leader) hear(m *nats.Msg) {
	var b Beat
	if len(m.Data) > maxPiece || json.Unmarshal(m.Data, &b) != nil || !jobText.MatchString(b.Agent) || b.Job != l.call.Job {
		return
	}
	l.mu.Lock()
	a, was := l.agents[b.Agent]
	if !was {
		a = &Agent{}
		l.agents[b.Agent] = a
	}
	news := !was || b.Gone != a.Gone || b.Refused != a.Refused
	a.Beat, a.heard = b, l.ear.time
	for _, part := range b.Parts {
		l.doing[part] = doer{b.Agent, l.ear.time}
	}
	l.mu.Unlock()
	if news && l.told != nil {
		l.told(b, !was)
	}
}

// Agents are those that take part and were heard lately.
func (l *Leader) Agents() (out []Agent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.agents {
		if !a.Gone && a.Refused == "" && l.ear.time-a.heard < l.call.claim() {
			out = append(out, *a)
		}
	}
	return out
}

// Plan publishes what every agent has to know, once.
func (l *Leader) Plan(ctx context.Context, plan []byte) error {
	of := max(1, (len(plan)+maxPiece-1)/maxPiece)
	if of > maxPieces {
		return fmt.Errorf("the plan has %d bytes, more than %d", len(plan), maxPieces*maxPiece)
	}
	for n := range of {
		m := nats.NewMsg(planSubject(l.call.Job, n))
		m.Header.Set(headOf, strconv.Itoa(of))
		m.Data = plan[n*maxPiece : min(len(plan), (n+1)*maxPiece)]
		if err := l.once(ctx, "publishing the plan", m); err != nil {
			return err
		}
	}
	return nil
}

// Offer has agents claim a part, unless it was offered before.
func (l *Leader) Offer(ctx context.Context, part int, what []byte) error {
	m := nats.NewMsg(partSubject(l.call.Job, part))
	m.Data = what
	return l.once(ctx, "offering a part", m)
}

// once publishes a message on a subject that has at most one.
func (l *Leader) once(ctx context.Context, what string, m *nats.Msg) error {
	return l.persist(ctx, what, func(ctx context.Context) error {
		_, err := l.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(0))
		if api := (*jetstream.APIError)(nil); errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
			return nil // it is there
		}
		return err
	})
}

// Offered are the parts that were offered and are not done.
func (l *Leader) Offered(ctx context.Context) (out map[int]bool, err error) {
	err = l.persist(ctx, "reading what was offered", func(ctx context.Context) error {
		info, err := l.stream.Info(ctx, jetstream.WithSubjectFilter(fmt.Sprintf("kvbench.%s.part.*", l.call.Job)))
		if err != nil {
			return err
		}
		out = map[int]bool{}
		for subject := range info.State.Subjects {
			if n, err := strconv.Atoi(subject[strings.LastIndexByte(subject, '.')+1:]); err == nil {
				out[n] = true
			}
		}
		return nil
	})
	return out, err
}

// Done takes a part away that nobody needs to do again.
func (l *Leader) Done(ctx context.Context, part int) error {
	return l.persist(ctx, "taking a part away", func(ctx context.Context) error {
		return l.stream.Purge(ctx, jetstream.WithPurgeSubject(partSubject(l.call.Job, part)))
	})
}

// End says that the job is over and takes its stream away.
func (l *Leader) End(ctx context.Context, why string) error {
	over := l.call
	over.Over, over.Why = true, why
	l.say(over)
	err := l.persist(ctx, "taking the job's stream away", func(ctx context.Context) error {
		err := l.js.DeleteStream(ctx, streamOf(l.call.Job))
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return nil
		}
		return err
	})
	l.say(over)
	return errors.Join(err, l.nc.FlushTimeout(shortWait))
}

// Stop says that agents are to leave the job, whose stream stays.
func (l *Leader) Stop(why string) {
	over := l.call
	over.Over, over.Why = true, why
	l.say(over)
	_ = l.nc.FlushTimeout(shortWait) // they find out as the calls end
}

// measures is how often a clock is asked; the fastest answer counts.
const measures = 12

// Clocks measures how far the clocks of the agents are ahead of this one's, by asking each: an answer
// that took t is right to within t/2.
func (l *Leader) Clocks(ctx context.Context) {
	var all sync.WaitGroup
	for _, a := range l.Agents() {
		all.Go(func() {
			offset, within := l.clock(ctx, a.Agent)
			l.mu.Lock()
			defer l.mu.Unlock()
			if known := l.agents[a.Agent]; within > 0 && known != nil {
				known.Offset, known.Within = offset, within
			}
		})
	}
	all.Wait()
}

func (l *Leader) clock(ctx context.Context, agent string) (offset, within time.Duration) {
	for range measures {
		short, stop := context.WithTimeout(ctx, time.Second)
		sent := time.Now()
		answer, err := l.nc.RequestWithContext(short, timeSubject(agent), nil)
		took := time.Since(sent)
		stop()
		if err != nil {
			continue // another may come through
		}
		theirs, err := strconv.ParseInt(string(answer.Data), 10, 64)
		if err != nil || len(answer.Data) > 20 {
			continue
		}
		if half := max(took/2, 1); within == 0 || half < within {
			offset, within = time.Unix(0, theirs).Sub(sent.Round(0).Add(took/2)), half
		}
	}
	return offset, within
}
