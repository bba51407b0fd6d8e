// Package detect finds what goes wrong between the invocations of a Worker that share a
// Workers KV namespace: it is told every call of each, and knows from package ledger what
// was acknowledged when.
package detect

import (
	"time"

	"kvbench/kv"
)

// Site is a place in a script, lines and columns counted from 1; the zero value is none.
type Site struct {
	File         string // as the script's author would name it, relative to the project
	Line, Column int
}

// Op is an operation of KV.
type Op uint8

// The operations.
const (
	Get Op = iota
	BulkGet
	Put
	Delete
	List
)

// String is the operation as series name it: "get", "bulk-get" and so on.
func (o Op) String() string { return [...]string{"get", "bulk-get", "put", "delete", "list"}[o] }

// Call is one call of KV that has ended. Its memory is the caller's: who keeps something
// of it copies it.
type Call struct {
	// Invocation is which one made it; Outside when none did, as before and after the load.
	Invocation uint64
	// Write is what Began has returned for a put or a delete; 0 when it was not sent.
	Write uint64
	// Due is when the invocation was due, on the scenario's clock; WarmUp that it belongs to
	// the time before measuring: what it does counts for others, and is no finding itself.
	Due    time.Duration
	WarmUp bool
	// Late says that Ended was told of the invocation before the call had ended.
	Late              bool
	Isolate, Location int
	Namespace         int // by the index of its binding
	Site              Site
	Op                Op
	Start, End        time.Duration // on the scenario's clock
	Queued            bool          // it was asked for before Start, and waited for a connection
	Err               error         // ErrNotFound is none: what was read is in Entries

	Keys    []string   // one but for BulkGet; none for List
	Entries []kv.Entry // what Get and BulkGet found, by key
	Get     kv.GetOptions
	Value   []byte // of Put
	Put     kv.PutOptions
	List    kv.ListOptions
	Page    *kv.Page
}

// Outside is the invocation of calls that no invocation makes.
const Outside = ^uint64(0)

// Watcher is told what invocations do. Its methods are called by many tasks at once.
type Watcher interface {
	// Began is told of a put or a delete when it is sent: from then on it may be seen. Its
	// End, Err and Write are not set; what it returns, which is not 0, becomes its Write.
	Began(c *Call) (write uint64)
	// Called is told of each call when it has ended, in the order in which they end.
	Called(c *Call)
	// Ended says that an invocation is over: its response was given, and all that it
	// waited for beside has settled. Called may still come for what was cancelled then.
	// warmUp is as Call.WarmUp. It is told of an invocation that has made no call, too.
	Ended(invocation uint64, at time.Duration, warmUp bool)
}
