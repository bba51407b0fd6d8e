package fleet

import (
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"
)

// ear tells for how long a leader has been able to hear. Its time goes on while the leader's own
// calls come back to it, and stands still while none does: nobody can tell then whether an agent
// is gone, or the server between them.
type ear struct {
	time time.Duration
	last time.Time // when a call came back
}

// heard notes that a call came back, which at most so long after the one before is no silence.
func (e *ear) heard(now time.Time, most time.Duration) {
	if !e.last.IsZero() {
		e.time += min(now.Sub(e.last), most)
	}
	e.last = now
}

// doer is who said that it does a part, and when, by the ear's time.
type doer struct {
	agent string
	at    time.Duration
}

// listen takes what leaders say, of which the own calls count.
func (l *Leader) listen(m *nats.Msg) {
	var c Call
	if len(m.Data) > maxPiece || json.Unmarshal(m.Data, &c) != nil || c.Job != l.call.Job {
		return
	}
	l.mu.Lock()
	l.ear.heard(time.Now(), l.call.beat())
	l.mu.Unlock()
}

// Hearing is for how long the leader has been able to hear agents, since it began.
func (l *Leader) Hearing() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ear.time
}

// Doing is who does a part, or was the last to say so, and at which time of Hearing; false where none
// ever did.
func (l *Leader) Doing(part int) (agent Agent, at time.Duration, is bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	by, is := l.doing[part]
	if a := l.agents[by.agent]; a != nil {
		agent = *a
	}
	return agent, by.at, is
}
