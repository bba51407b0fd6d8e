package record

// Code is a word by which failures are counted. Beside these words there are the HTTP
// statuses, as numbers.
type Code struct {
	Name string
	Call bool // of a call of the store; else of a transaction no call of which had failed
	Doc  string
}

// The codes of a transaction, or of a task that it left to run, that failed though no call
// of the store did.
const (
	TransactionFailed = "transaction"
	InvocationLimit   = "invocation-limit"
)

// Codes are all the words there are: those of kv.ErrorCode, and the two above.
func Codes() []Code {
	return []Code{
		{"network", true, "no answer came"},
		{"timeout", true, "the answer took longer than its caller waited"},
		{"canceled", true, "the caller gave up"},
		{"other", true, "an error that is none of these"},
		{TransactionFailed, false, "a transaction failed, and no call of the store did"},
		{InvocationLimit, false, "one invocation of a Worker would have made more operations than it may"},
	}
}
