package fleet

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Claim is a part that an agent does.
type Claim struct {
	Part    int
	Again   int    // how often it was claimed before
	What    []byte // as it was offered
	worker  *Worker
	job     string
	attempt string
	number  int
	sum     hash.Hash
	msg     jetstream.Msg
}

func (w *Worker) claim(job string, m jetstream.Msg) (*Claim, error) {
	meta, err := m.Metadata()
	if err != nil {
		return nil, err
	}
	part, err := strconv.Atoi(m.Subject()[strings.LastIndexByte(m.Subject(), '.')+1:])
	if err != nil {
		return nil, err
	}
	return &Claim{
		Part: part, Again: int(meta.NumDelivered) - 1, What: m.Data(), worker: w, job: job, //nolint:gosec // it is small
		attempt: fmt.Sprintf("%s-%d", w.id, meta.NumDelivered), sum: sha256.New(), msg: m,
	}, nil
}

// hold does a part, and holds the claim meanwhile.
func (w *Worker) hold(ctx context.Context, call Call, c *Claim, do func(context.Context, *Claim) error) error {
	switch {
	case call.Once && c.Again > 0: // who claimed it may be at work, though the server was gone: its beats tell the leader
		return c.msg.Term()
	case c.Again >= MaxAttempts:
		if err := c.send(ctx, Failed, fmt.Appendf(nil, "it was claimed %d times, and no agent has ended it", c.Again)); err != nil {
			return err
		}
		return c.msg.Term()
	}
	w.set(func(b *Beat) { b.Parts = append(b.Parts, c.Part) })
	defer w.set(func(b *Beat) {
		if i := slices.Index(b.Parts, c.Part); i >= 0 {
			b.Parts = slices.Delete(b.Parts, i, i+1)
		}
	})
	held, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for sleep(held, call.beat()) == nil {
			_ = c.msg.InProgress() // while the server is gone; another may then do it too
		}
	}()
	return do(ctx, c)
}

// Send sends text that came of the part: whole lines, as far as they fit.
func (c *Claim) Send(ctx context.Context, text []byte) error {
	for len(text) > 0 {
		n := min(len(text), maxPiece)
		if err := c.send(ctx, Text, text[:n]); err != nil {
			return err
		}
		c.sum.Write(text[:n])
		text = text[n:]
	}
	return nil
}

// Whole says that all that came of the part was sent.
func (c *Claim) Whole(ctx context.Context) error {
	if err := c.send(ctx, Whole, []byte(Sum(c.sum))); err != nil {
		return err
	}
	return c.end(ctx, jetstream.Msg.DoubleAck)
}

// Fail says why this attempt has failed; the part is tried again.
func (c *Claim) Fail(ctx context.Context, why string) error {
	return c.fail(ctx, Failed, why)
}

// Refuse is Fail for a reason that is this agent's alone.
func (c *Claim) Refuse(ctx context.Context, why string) error {
	return c.fail(ctx, Refused, why)
}

// maxWhy bounds what an agent says for people.
const maxWhy = 8 << 10

func (c *Claim) fail(ctx context.Context, kind Kind, why string) error {
	if err := c.send(ctx, kind, []byte(why[:min(len(why), maxWhy)])); err != nil {
		return err
	}
	return c.end(ctx, func(m jetstream.Msg, _ context.Context) error { return m.NakWithDelay(time.Second) })
}

// end ends the claim. If the server does not hear it, the claim ends by itself.
func (c *Claim) end(ctx context.Context, how func(jetstream.Msg, context.Context) error) error {
	short, stop := context.WithTimeout(ctx, shortWait)
	defer stop()
	if err := how(c.msg, short); err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return nil
}

func (c *Claim) send(ctx context.Context, kind Kind, text []byte) error {
	m := nats.NewMsg(textSubject(c.job, c.Part, c.attempt))
	for name, value := range map[string]string{
		headPart: strconv.Itoa(c.Part), headAttempt: c.attempt, headAgent: c.worker.id, headHost: c.worker.beat.Host,
		headNumber: strconv.Itoa(c.number), headKind: string(kind),
	} {
		m.Header.Set(name, value)
	}
	m.Data = text
	id := fmt.Sprintf("%d-%s-%d", c.Part, c.attempt, c.number)
	err := c.worker.persist(ctx, "sending what came of a part", func(ctx context.Context) error {
		_, err := c.worker.js.PublishMsg(ctx, m, jetstream.WithMsgID(id))
		return err
	})
	if err == nil {
		c.number++
	}
	return err
}
