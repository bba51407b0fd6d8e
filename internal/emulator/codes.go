package emulator

import "net/http"

// Cloudflare's error codes: those that were seen in answers of the API, and the
// others as Cloudflare once published them in a list of KV's codes. A refusal that
// fits none of them has codeInvalid.
const (
	codeThrottled   = 971   // the API's own limit on calls
	codeNoURI       = 7000  // no route for a path
	codeMethod      = 7001  // the path has no such method
	codeNoRoute     = 7003  // no such path
	codeHeaders     = 9106  // no credentials
	codeAuth        = 10000 // the credentials allow nothing here
	codeInternal    = 10001 // assumption: the store failed
	codePage        = 10007
	codePerPage     = 10008
	codeKey         = 10009 // no such key
	codeID          = 10011 // not a namespace's identifier
	codeBody        = 10012 // a body that cannot be read
	codeNamespace   = 10013 // no such namespace
	codeTitleTaken  = 10014
	codeSpaces      = 10018 // too many namespaces
	codeTitleNeeded = 10019
	codeTooLarge    = 10024 // payload too large
	codeListLimit   = 10028
	codeInvalid     = 10029 // invalid request; a limit of a listing that is too small has it too
	codeKeyLength   = 10030
	codeExpiration  = 10033
	codeTTL         = 10034
	codeOrder       = 10043
	codeDirection   = 10044
	codeForm        = 10047 // bad metadata or form
	codeQuota       = 10048 // the free plan's operations of the day are spent
	codeTooMany     = 10429 // too many writes to a key
)

// codeOf is the code of a refusal with a status that has none of its own.
func codeOf(status int) int {
	switch {
	case status == http.StatusTooManyRequests:
		return codeTooMany
	case status == http.StatusRequestEntityTooLarge:
		return codeTooLarge
	case status == http.StatusRequestURITooLong:
		return codeKeyLength
	case status >= 500:
		return codeInternal
	}
	return codeInvalid
}
