// Package fleet lets one process, the leader, have many others, the agents, do the parts
// of a job, over NATS JetStream. It knows nothing of what the parts are: a part is a piece of
// work with a number, and what comes of it is text.
//
// A job has a stream of its own, KVBENCH_JOB, which the leader makes and takes away again:
//
//	kvbench.JOB.plan.N     what every agent has to know, in pieces
//	kvbench.JOB.part.N     part N: what to do; agents claim it of the consumer "agents"
//	kvbench.JOB.text.N.A   what came of part N in the attempt A, piece by piece
//
// Apart from the stream, and not kept, are the leader's calls (kvbench.call), by which agents
// find jobs, and the beats of agents (kvbench.beat), by which the leader knows who is there.
//
// A claim is held by telling the server every few seconds that it goes on; that of an agent
// which is gone goes to another. What an attempt has sent stays in the stream until the job is
// over, so that a leader that died reads it again from its beginning. A piece may come twice,
// and two agents may do a part: Set knows which pieces are new, and one attempt that is whole
// counts.
package fleet

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Timing. Every wait on the server has an end: short ones are tried again until patience is used up.
const (
	beatEvery  = 2 * time.Second        // how often claims, calls and beats are renewed, at least
	shortWait  = 5 * time.Second        // one request of the server
	again      = 500 * time.Millisecond // until what failed is tried again
	patience   = 10 * time.Minute       // for a server, or a leader, that is gone
	keep       = 7 * 24 * time.Hour     // a stream whose leader never came back
	maxPiece   = 512 << 10              // bytes of a piece; a message of NATS has 1 MiB at most
	maxPieces  = 128                    // of a plan: 64 MiB
	maxFetched = 256                    // pieces that the leader asks for at once
)

// ClaimWait is how long a claim is held of which nothing is heard, where a call says nothing of it.
const ClaimWait = 10 * time.Second

// MaxAttempts is how often a part is tried: one that ends its agents each time is given up.
const MaxAttempts = 5

// Call is what a leader says, again and again, while a job goes on.
type Call struct {
	Job     string `json:"job"`
	Version string `json:"version"` // of kvbench: an agent of another one takes no part
	// Once says that parts run at once, each on an agent of its own, and none a second time.
	Once bool `json:"once,omitempty"`
	// Claim is how long a claim is held of which nothing is heard, before it goes to another
	// agent; 0 is ClaimWait.
	Claim time.Duration `json:"claim_ns,omitempty"`
	// Over says that the job has ended; Why, that it did so for a reason.
	Over bool   `json:"over,omitempty"`
	Why  string `json:"why,omitempty"`
}

var jobText = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

func (c *Call) check() error {
	if !jobText.MatchString(c.Job) {
		return fmt.Errorf("a job %.70q: want letters, digits and hyphens", c.Job)
	}
	if c.Claim < 0 || c.Claim > keep {
		return fmt.Errorf("a claim of %v", c.Claim)
	}
	return nil
}

func (c *Call) claim() time.Duration { return cmp.Or(c.Claim, ClaimWait) }

// beat is how often claims, calls and beats of the job are renewed: some may be lost on their way.
func (c *Call) beat() time.Duration { return max(min(beatEvery, c.claim()/5), minBeat) }

// minBeat keeps an agent from speaking all the time, whatever it is told.
const minBeat = 20 * time.Millisecond

// Beat is what an agent says, again and again.
type Beat struct {
	Agent   string `json:"agent"` // unlike that of any other
	Host    string `json:"host"`
	CPUs    int    `json:"cpus"`
	Version string `json:"version"`
	Job     string `json:"job,omitempty"`   // that it takes part in
	Parts   []int  `json:"parts,omitempty"` // that it does
	// Refused is why it takes no part in a job.
	Refused string `json:"refused,omitempty"`
	Gone    bool   `json:"gone,omitempty"` // it ends
}

// Kind is what a piece is.
type Kind string

// The kinds of pieces.
const (
	Text    Kind = "text"    // what came of a part so far
	Whole   Kind = "whole"   // the attempt ended; Text is the SHA-256 of all that it sent
	Failed  Kind = "failed"  // the attempt ended; Text is why, for people
	Refused Kind = "refused" // as failed; another agent may be able to
)

// Piece is a piece of what came of a part.
type Piece struct {
	Part    int
	Attempt string // of one agent
	Agent   string
	Host    string
	Number  int // of those of the attempt, from 0
	Kind    Kind
	Text    []byte
}

// ErrGone is the error of a server, leader or stream that did not come back in time.
var ErrGone = errors.New("it did not come back in time")

func streamOf(job string) string           { return "KVBENCH_" + job }
func planSubject(job string, n int) string { return fmt.Sprintf("kvbench.%s.plan.%d", job, n) }
func partSubject(job string, n int) string { return fmt.Sprintf("kvbench.%s.part.%d", job, n) }
func textSubject(job string, n int, attempt string) string {
	return fmt.Sprintf("kvbench.%s.text.%d.%s", job, n, attempt)
}

const (
	callSubject = "kvbench.call"
	beatSubject = "kvbench.beat"
	consumer    = "agents"
)

func timeSubject(agent string) string { return "kvbench.time." + agent }

// Headers of pieces.
const (
	headPart    = "Kvbench-Part"
	headAttempt = "Kvbench-Attempt"
	headAgent   = "Kvbench-Agent"
	headHost    = "Kvbench-Host"
	headNumber  = "Kvbench-Number"
	headKind    = "Kvbench-Kind"
	headOf      = "Kvbench-Of" // how many pieces a plan has
)
