//go:build unix

package worker_test

import (
	"slices"

	"kvbench/internal/workerd"
)

// difference is what a store does that is not what Cloudflare documents.
type difference struct {
	row    string
	stores []string
	came   string // part of what comes
	short  string // what the table says
	why    string // what is documented, and by which page; what is known of the reason
}

// differences are all that are known.
var differences = []difference{
	{
		"a second write of a key within a second",
		[]string{"workerd's own", "Miniflare"},
		"done", "done",
		"[Limits](https://developers.cloudflare.com/kv/platform/limits/): 1 write per second to the same key, else 429. " +
			"Neither of the two models it; the emulator does, with `writes=strict`",
	},
	{
		"write-limit",
		[]string{"workerd's own", "Miniflare"},
		"10 of 10 writes at once were accepted", "takes all of ten writes at once",
		"As above",
	},
	{
		"a list with a cursor that is none",
		[]string{"Miniflare"},
		"nothing", "an empty page",
		"What becomes of a cursor that no list has given is not documented; the REST API has the error 10041 for it. " +
			"Miniflare takes it for the base64 of a name and goes on after that",
	},
}

func differenceOf(row, store string) (difference, bool) {
	i := slices.IndexFunc(differences, func(d difference) bool { return d.row == row && slices.Contains(d.stores, store) })
	if i < 0 {
		return difference{}, false
	}
	return differences[i], true
}

// What is installed where the page is made; .ci/run installs them.
const (
	workerdVersion   = workerd.Version
	miniflareVersion = "4.20260426.0"
)
