// Package workerd runs workerd, the runtime of Cloudflare Workers, as a process of one's own:
// it finds the executable, writes its configuration, starts it and sees to its end.
package workerd

import "time"

// KeepIdle is for how long a client may keep a connection that it sends nothing on. workerd
// ends one after 15 s, older versions after 5 s, and a request that is on its way then is lost.
const KeepIdle = 4 * time.Second

// Config is what a process of workerd serves.
type Config struct {
	Workers   []Worker
	Externals []External
	Sockets   []Socket
}

// Worker is one isolate: its module memory is its own. Several may have the same modules.
type Worker struct {
	Name    string   // unique among workers and externals
	Modules []Module // the first is the entry point
	Date    string   // compatibility_date
	Flags   []string // compatibility_flags
	KV      []Binding
	Vars    map[string]string // of env, as JSON; a JSON text is a text binding
	// Outbound is the external that global fetch goes to, Cache the one that is asked for
	// the Cache API; empty: none, so that a call of it throws.
	Outbound, Cache string
}

// Module is a module by its name, as imports have it.
type Module struct{ Name, Code string }

// Binding is a KV namespace of env, and the external that answers for it.
type Binding struct{ Name, External string }

// External is a server outside of the process.
type External struct {
	Name string
	// Address is HOST:PORT, unix:/PATH or, on Linux, unix-abstract:NAME.
	Address string
	// Headers are added to each request to it.
	Headers []Header
	// ProtoHeader, where it is not empty, is a header that gets the scheme of the URL asked
	// for; the Host header has its host.
	ProtoHeader string
}

// Header is one header of a request.
type Header struct{ Name, Value string }

// Socket is where a Worker is reached over HTTP: 127.0.0.1, at a port that the system gives.
type Socket struct {
	Name, Worker string
	// ProtoHeader and CfHeader, where they are not empty, are headers of a request that give
	// the scheme of its URL and, as JSON, its member cf; the Worker sees neither.
	ProtoHeader, CfHeader string
}
