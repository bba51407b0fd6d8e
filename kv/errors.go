package kv

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// ErrNotFound says that a key is absent or has expired.
var ErrNotFound = errors.New("kv: key not found")

// ErrInvocationLimit says that one invocation of a Worker has made as many
// operations as it may; the words are those of Workers KV.
var ErrInvocationLimit = errors.New("kv: too many API requests by single Worker invocation")

// Error is a store's refusal or failure.
type Error struct {
	// Status is the HTTP status the refusal has, or would have, over HTTP; 0 when
	// no answer came, because the network failed.
	Status int
	// Code is Cloudflare's own error code; 0 when there is none.
	Code int
	// Message says what was wrong, in the store's words.
	Message string
	// RetryAfter is how long the store asks its caller to wait; 0 when it does
	// not say.
	RetryAfter time.Duration
	// Keys are those that a bulk write left out; none when it failed as a whole.
	Keys []string
}

func (e *Error) Error() string {
	if e.Status == 0 {
		return "kv: no answer: " + e.Message
	}
	text := http.StatusText(e.Status)
	if e.Message == "" || e.Message == text {
		return fmt.Sprintf("kv: %d %s", e.Status, text)
	}
	return fmt.Sprintf("kv: %d %s: %s", e.Status, text, e.Message)
}

// ErrorCode names the kind of an error in a word or number that can be counted
// by: its HTTP status, "404" for ErrNotFound, "network" when no answer came,
// "invocation-limit" for ErrInvocationLimit, "timeout", "canceled" or "other". It
// is empty for nil.
func ErrorCode(err error) string {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrNotFound):
		return "404"
	case errors.Is(err, ErrInvocationLimit):
		return "invocation-limit"
	case errors.As(err, &e) && e.Status == 0:
		return "network"
	case errors.As(err, &e):
		return strconv.Itoa(e.Status)
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "canceled"
	}
	return "other"
}

// HasStatus reports whether err is a store's refusal with that HTTP status.
func HasStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}
