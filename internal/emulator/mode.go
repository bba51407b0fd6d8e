package emulator

import (
	"net/http"
	"slices"
	"strings"

	"kvbench/kv"
)

// classicMode is what a client may say for classic Workers KV, whose mode is empty.
const classicMode = "classic"

// Jurisdictions are where a namespace may be told to keep its data
// (developers.cloudflare.com/kv/reference/data-location, as of 2026-10-02). Nothing
// here depends on it: it is kept and told.
func Jurisdictions() []string { return []string{"eu", "us", "fedramp"} }

// ModeOf is a mode as a namespace has it: "classic" is empty.
func ModeOf(text string) string {
	if text == classicMode {
		return ""
	}
	return text
}

// check refuses a mode or jurisdiction that there is not; the texts are our words.
func (n Namespace) check() error {
	if n.Mode != "" && n.Mode != kv.InstantMode {
		return refuse(http.StatusBadRequest, codeBody, "Invalid mode %.40q: want %s or %s.", n.Mode, classicMode, kv.InstantMode)
	}
	if all := Jurisdictions(); n.Jurisdiction != "" && !slices.Contains(all, n.Jurisdiction) {
		return refuse(http.StatusBadRequest, codeBody, "Invalid jurisdiction %.40q: want %s.", n.Jurisdiction, strings.Join(all, ", "))
	}
	return nil
}
