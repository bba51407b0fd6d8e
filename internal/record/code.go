package record

import (
	"slices"
	"strconv"
)

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
	Exception         = "exception"
	Hung              = "hung"
	NoOrigin          = "no-origin"
)

// Words are the words for failures of calls, or for those of transactions alone.
func Words(call bool) (words []string) {
	for _, c := range Codes() {
		if c.Call == call {
			words = append(words, c.Name)
		}
	}
	return words
}

// IsCall reports whether kv.ErrorCode can give the code for a call of the store: one of
// the words for calls, or an HTTP status.
func IsCall(code string) bool {
	status, err := strconv.Atoi(code)
	return err == nil && status >= 100 && status < 600 && code == strconv.Itoa(status) || slices.Contains(Words(true), code)
}

// Codes are all the words there are: those of kv.ErrorCode, and those above.
func Codes() []Code {
	return []Code{
		{"network", true, "no answer came"},
		{"timeout", true, "the answer took longer than its caller waited"},
		{"canceled", true, "the caller gave up"},
		{"other", true, "an error that is none of these"},
		{TransactionFailed, false, "a transaction failed, and no call of the store did"},
		{InvocationLimit, false, "one invocation of a Worker would have made more operations than it may"},
		{Exception, false, "the code of a Worker threw what nobody caught, which is a response 500 in production"},
		{Hung, false, "the code of a Worker waited for what can never come"},
		{NoOrigin, false, "the code of a Worker fetched from a host that the scenario models no origin of"},
	}
}
