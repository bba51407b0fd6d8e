package detect

// Kind is something that can go wrong between invocations, or within one.
type Kind uint8

// The kinds, worst first.
const (
	ClobberedWrite Kind = iota
	UndoneDelete
	UnawaitedWrite
	ExpiryDropped
	MetadataDropped
	ListTruncated
	WriteThrottled
	OperationsLimit
	TTLBelowMinimum
	DuplicateFill
	DeletedGet
	MissedKey
	StaleGet
	GhostName
	MissingName
	RepeatedGet
	SequentialGets
	NearLimit
	numKinds
)

// Group says what a kind of finding means.
type Group string

// The groups, worst first.
const (
	Hazard    Group = "hazard"    // a race or a mistake: always a finding
	Staleness Group = "staleness" // what Workers KV does: a finding where a promise limits it
	Advice    Group = "advice"    // never fails anything
)

// About describes a kind.
type About struct {
	ID    string // "clobbered-write"
	Group Group
	// Unit is that of the size of one: "ns" or "count".
	Unit string
	// Of is what it is a share of: "put", "delete", or "invocation" for one that an invocation
	// has at most once, with its greatest size.
	Of   string
	Age  bool   // its size says for how long an answer had been wrong
	Says string // what a Worker does that has it, with {share} for how often
	Doc  string // what one is, and what its size is
	Do   string // what to do about it
}

// About describes the kind.
func (k Kind) About() About { return kinds[k] }

// String is the kind's ID.
func (k Kind) String() string { return kinds[k].ID }

// Kinds returns all kinds, worst first.
func Kinds() []Kind {
	all := make([]Kind, numKinds)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// KindOf finds a kind by its ID.
func KindOf(id string) (Kind, bool) {
	for i := range kinds {
		if kinds[i].ID == id {
			return Kind(i), true
		}
	}
	return 0, false
}

var kinds = [numKinds]About{
	ClobberedWrite: {
		ID: "clobbered-write", Group: Hazard, Unit: "ns", Of: "put",
		Says: "clobbers {share} of puts",
		Doc:  "an acknowledged put that another invocation's put overwrote, which had read the key before it and so had not seen it: how long it stood",
		Do:   "give each writer a key of its own, or send the updates of one key through a Durable Object; Workers KV has no compare-and-set",
	},
	UndoneDelete: {
		ID: "undone-delete", Group: Hazard, Unit: "ns", Of: "delete",
		Says: "undoes {share} of deletes",
		Doc:  "an acknowledged delete that a put undid whose invocation had read the key before it and so had not seen it: how long it stood",
		Do:   "put a marker instead of deleting, or give what is put a short expiration",
	},
	UnawaitedWrite: {
		ID: "unawaited-write", Group: Hazard, Unit: "ns", Of: "invocation",
		Says: "leaves a write unawaited in {share} of invocations",
		Doc:  "a put or delete in flight when its invocation was over, which cancels it: how long it had been in flight",
		Do:   "await it, or hand its promise to ctx.waitUntil",
	},
	ExpiryDropped: {
		ID: "expiry-dropped", Group: Hazard, Unit: "ns", Of: "put",
		Says: "makes an expiring key permanent in {share} of puts",
		Doc:  "a put without an expiration over a key that had one: how long the key had to live",
		Do:   "give the put the key's expiration again: a put replaces it, and list and getWithMetadata tell it",
	},
	MetadataDropped: {
		ID: "metadata-dropped", Group: Hazard, Unit: "count", Of: "put",
		Says: "drops the metadata of a key in {share} of puts",
		Doc:  "a put without metadata over a key that had some: how many bytes",
		Do:   "read the key with getWithMetadata and put its metadata back",
	},
	ListTruncated: {
		ID: "list-truncated", Group: Hazard, Unit: "count", Of: "invocation",
		Says: "stops listing before the end in {share} of invocations",
		Doc:  "a listing without a limit that was not complete and of which the next page was not asked for: how many names it had",
		Do:   "go on with the cursor until list_complete",
	},
	WriteThrottled: {
		ID: "write-throttled", Group: Hazard, Unit: "ns", Of: "invocation",
		Says: "is refused a write with 429 in {share} of invocations",
		Doc:  "a write that Workers KV refused with 429, because the key was written within the last second: how long the caller waited to hear so",
		Do:   "write a key at most once a second: collect the writes, or spread them over several keys",
	},
	OperationsLimit: {
		ID: "operations-limit", Group: Hazard, Unit: "count", Of: "invocation",
		Says: "makes too many operations in {share} of invocations",
		Doc:  "an invocation that asked for more operations than it may make: how many were refused",
		Do:   "read keys in bulk, or split the work over several invocations",
	},
	TTLBelowMinimum: {
		ID: "ttl-below-minimum", Group: Hazard, Unit: "ns", Of: "invocation",
		Says: "asks for too short a TTL in {share} of invocations",
		Doc:  "a call with an expiration less than 60 s ahead or a cacheTtl below 30 s, which Workers KV refuses with 400: how much too short",
		Do:   "ask for expirationTtl of 60 or more and cacheTtl of 30 or more",
	},
	DuplicateFill: {
		ID: "duplicate-fill", Group: Hazard, Unit: "ns", Of: "put",
		Says: "fills a key with two things in {share} of puts",
		Doc:  "an acknowledged put that another invocation's put of something else overwrote, which had found the key absent: how long it stood",
		Do:   "let one request at a time fill a key, as with a promise that the requests of an isolate share",
	},
	DeletedGet: {
		ID: "deleted-get", Group: Staleness, Unit: "ns", Of: "invocation", Age: true,
		Says: "reads deleted keys in {share} of invocations",
		Doc:  "a get of a deleted key that found it: how long before the delete had been acknowledged",
		Do:   "keep in the value what says that it is void, or read with a low cacheTtl",
	},
	MissedKey: {
		ID: "missed-key", Group: Staleness, Unit: "ns", Of: "invocation", Age: true,
		Says: "misses keys that are there in {share} of invocations",
		Doc:  "a get that did not find a key which had been put: how long before the put had been acknowledged. A location caches absence too",
		Do:   "don't read a key before it is written, or carry what was written in the response",
	},
	StaleGet: {
		ID: "stale-get", Group: Staleness, Unit: "ns", Of: "invocation", Age: true,
		Says: "reads replaced values in {share} of invocations",
		Doc:  "a get that found a value which had been replaced: how long before the next one had been acknowledged",
		Do:   "a lower cacheTtl makes it rarer; only another store, such as a Durable Object, makes it never",
	},
	GhostName: {
		ID: "ghost-name", Group: Staleness, Unit: "ns", Of: "invocation", Age: true,
		Says: "lists deleted keys in {share} of invocations",
		Doc:  "a name in a listing whose key was deleted: how long before the delete had been acknowledged, the longest",
		Do:   "take a name in a listing as a hint, and expect a get to find nothing",
	},
	MissingName: {
		ID: "missing-name", Group: Staleness, Unit: "ns", Of: "invocation", Age: true,
		Says: "lists too few keys in {share} of invocations",
		Doc:  "a key that was put and is missing in a listing: how long before the put had been acknowledged, the longest",
		Do:   "don't list to find what was just written",
	},
	RepeatedGet: {
		ID: "repeated-get", Group: Advice, Unit: "ns", Of: "invocation",
		Says: "reads a key twice in {share} of invocations",
		Doc:  "a get of a key that the invocation had read before and not written since: how long it took",
		Do:   "keep what was read",
	},
	SequentialGets: {
		ID: "sequential-gets", Group: Advice, Unit: "count", Of: "invocation",
		Says: "reads keys one after the other in {share} of invocations",
		Doc:  "gets of several keys, each begun when the last had ended, none of whose names' last parts were in what was read before: how many, the longest row",
		Do:   "where no key depends on what was read, one get of up to 100 keys takes as long as one and counts as one operation",
	},
	NearLimit: {
		ID: "near-limit", Group: Advice, Unit: "count", Of: "put",
		Says: "comes near a limit of size in {share} of puts",
		Doc:  "a put of a value or metadata within 10 % of its limit, 25 MiB and 1,024 bytes: percent of the limit",
		Do:   "split the value, or move what is large to R2",
	},
}
