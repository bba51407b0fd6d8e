package fleet

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Collect calls handle with every piece that has come of any part, from the job's beginning, in
// their order, and with those that come, until ctx is done or handle returns an error. caught is
// called, once, when all was handled that was there at first. idle is called every so often
// while nothing comes.
func (l *Leader) Collect(ctx context.Context, handle func(*Piece) error, caught func() error, idle func() error) error {
	var last uint64 // the stream's number of the last message that was handled
	began := time.Now()
	heard := began
	once := caught
	for {
		cons, pending, err := l.reader(ctx, last+1)
		if err == nil && once != nil && pending == 0 {
			if err := once(); err != nil {
				return err
			}
			once = nil
		}
		for next := uint64(1); err == nil; {
			var batch jetstream.MessageBatch
			if batch, err = cons.Fetch(maxFetched, jetstream.FetchMaxWait(time.Second)); err != nil {
				break
			}
			n := 0
			for m := range batch.Messages() {
				meta, bad := m.Metadata()
				if bad != nil || meta.Sequence.Consumer != next {
					err = errGap
					continue // the rest of the batch is read again
				}
				if err != nil {
					continue
				}
				n, next, last, heard = n+1, next+1, meta.Sequence.Stream, time.Now()
				p, bad := pieceOf(m.Headers(), m.Data())
				if bad != nil {
					continue // nobody of ours has sent it
				}
				if failed := handle(p); failed != nil {
					return failed
				}
				if once != nil && meta.NumPending == 0 {
					if err := once(); err != nil {
						return err
					}
					once = nil
				}
			}
			if failed := batch.Error(); err == nil && failed != nil && !errors.Is(failed, nats.ErrTimeout) {
				err = failed
			}
			if n == 0 && err == nil {
				heard = time.Now() // the server says that there is nothing
			}
			if n == 0 {
				if err := idle(); err != nil {
					return err
				}
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return fmt.Errorf("the job's stream is gone: %w", err)
		}
		if time.Since(heard) > patience {
			return fmt.Errorf("reading what agents send: %w: %w", ErrGone, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.closed:
			return l.lost()
		case <-time.After(again):
		}
	}
}

var errGap = errors.New("messages were lost on their way")

// reader reads the pieces from a number of the stream on.
func (l *Leader) reader(ctx context.Context, from uint64) (jetstream.Consumer, uint64, error) {
	ctx, stop := context.WithTimeout(ctx, shortWait)
	defer stop()
	cons, err := l.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		FilterSubject: fmt.Sprintf("kvbench.%s.text.>", l.call.Job), AckPolicy: jetstream.AckNonePolicy, DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq: from, InactiveThreshold: time.Minute, MemoryStorage: true,
	})
	if err != nil {
		return nil, 0, err
	}
	return cons, cons.CachedInfo().NumPending, nil
}

// pieceOf reads a piece.
func pieceOf(h nats.Header, text []byte) (*Piece, error) {
	part, err := strconv.Atoi(h.Get(headPart))
	number, bad := strconv.Atoi(h.Get(headNumber))
	p := &Piece{Part: part, Attempt: h.Get(headAttempt), Agent: h.Get(headAgent), Host: h.Get(headHost), Number: number, Kind: Kind(h.Get(headKind)), Text: text}
	if err != nil || bad != nil || part < 0 || number < 0 || !jobText.MatchString(p.Attempt) || len(p.Host) > 256 || len(text) > maxPiece {
		return nil, fmt.Errorf("no piece of a part: %v", h)
	}
	switch p.Kind {
	case Text, Whole, Failed, Refused:
		return p, nil
	}
	return nil, fmt.Errorf("no kind of a piece: %.20q", p.Kind)
}
