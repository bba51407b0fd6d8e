package fleet

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// streamTries is how often a server is asked for JetStream that says it has none: it lets in those of an
// account of which it has just read before they have JetStream, for a few milliseconds.
const streamTries = 5

// findStreams returns a *RefusedError where the server has no JetStream for this process.
func (c *Conn) findStreams(ctx context.Context) error {
	for n := 1; ; n++ {
		_, err := c.js.AccountInfo(ctx)
		var why error
		switch {
		case err == nil:
			return nil
		case errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
			why = fmt.Errorf("the NATS server at %s has no JetStream for this account: give the account some, or use credentials of another", c.access.URL)
		case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, nats.ErrNoResponders):
			why = fmt.Errorf("the NATS server at %s has no JetStream: start it with -js", c.access.URL)
		default:
			return fmt.Errorf("JetStream at %s: %w", c.access.URL, err)
		}
		if n == streamTries {
			return &RefusedError{why}
		}
		if err := sleep(ctx, again); err != nil {
			return err
		}
	}
}
