// Package record keeps everything that is observed in a run as series of
// histograms.
package record

// Series names one thing that is observed: a latency, a correctness mark, the
// lateness of the load generator.
type Series struct {
	Name string `json:"name"`
	Unit string `json:"unit"` // of its values: "ns", "count", "bytes" or "percent"
	// Of is what the series is a share of: another series or an outcome. Empty
	// when a share of it says nothing.
	Of string `json:"of,omitempty"`
	// Each is what it has one value for each of, in the plural, where its name does
	// not say so: "listings" of a series of their pages.
	Each string `json:"each,omitempty"`
	// Doc says what one value of it means.
	Doc string `json:"doc,omitempty"`
	// Says says for a person what a variant does that has it, with {share} for how
	// often: "loses {share} of updates". Empty where the name says enough.
	Says string `json:"says,omitempty"`
	// Role is what a chart knows it by; empty where it is as any other.
	Role Role `json:"role,omitempty"`
	// Mark says that it is a correctness mark of a pattern.
	Mark bool `json:"mark,omitempty"`
}

// Role is what a series is to a chart that shows something of its own.
type Role string

const (
	Age     Role = "age"     // its values say for how long an answer had been wrong
	Hidden  Role = "hidden"  // a failure that the caller could not see
	Detect  Role = "detect"  // how long until somebody was told of a fault
	Recover Role = "recover" // how long until a value was read again
)

// The series that every variant has, in the order in which they are kept; the
// pattern's marks follow. Times are in nanoseconds.
const (
	Response = iota // from when a transaction was due until it ended
	Wait            // from when it was due until it began
	Service         // from when it began until it ended
	Lateness        // from when it was due until the generator released it
	Get             // one call of the store, and so on
	Put
	Delete
	List
	BulkGet
	BulkPut
	FirstMark // the pattern's first mark
)

// Standard returns the series that every variant has. Index them by Response
// to BulkPut.
func Standard() []Series {
	return []Series{
		{Name: "response", Unit: "ns", Doc: "from when a transaction was due until it ended; wait and service together"},
		{Name: "wait", Unit: "ns", Of: "response", Doc: "from when a transaction was due until it began"},
		{Name: "service", Unit: "ns", Of: "response", Doc: "from when a transaction began until it ended"},
		{Name: "lateness", Unit: "ns", Of: "response", Doc: "from when a transaction was due until the load generator released it: the generator's own fault"},
		{Name: "get", Unit: "ns", Doc: "one get, with or without metadata"},
		{Name: "put", Unit: "ns", Doc: "one put"},
		{Name: "delete", Unit: "ns", Doc: "one delete"},
		{Name: "list", Unit: "ns", Doc: "one page of a listing"},
		{Name: "bulk-get", Unit: "ns", Doc: "one bulk get, however many keys it has"},
		{Name: "bulk-put", Unit: "ns", Doc: "one bulk put, however many pairs it has"},
	}
}

// Billed counts what Workers KV charges for: keys, not calls. A bulk get of 100
// keys is 100 reads.
type Billed struct {
	Reads   uint64 `json:"reads"`
	Writes  uint64 `json:"writes"`
	Deletes uint64 `json:"deletes"`
	Lists   uint64 `json:"lists"`
	// BytesRead and BytesWritten are the bytes of values, which Workers KV does
	// not charge for.
	BytesRead    uint64 `json:"bytes_read"`
	BytesWritten uint64 `json:"bytes_written"`
}

// Add adds o to b.
func (b *Billed) Add(o Billed) {
	b.Reads += o.Reads
	b.Writes += o.Writes
	b.Deletes += o.Deletes
	b.Lists += o.Lists
	b.BytesRead += o.BytesRead
	b.BytesWritten += o.BytesWritten
}
