package rest

import (
	"fmt"
	"net/http"
	"strconv"

	"kvbench/kv"
)

// Answer is the envelope around every answer but a value.
type Answer[T any] struct {
	Success bool      `json:"success"`
	Errors  []Message `json:"errors"`
	Result  T         `json:"result"`
	Info    struct {
		Cursor string `json:"cursor"`
	} `json:"result_info"`
}

// check returns err, the call's error, or that of an answer which says by
// success:false, with a status of 200, that the call failed. That has the status
// which belongs to its code, and 502 where none is known to.
func (a *Answer[T]) check(err error) error {
	if err != nil || a.Success {
		return err
	}
	status := http.StatusBadGateway
	if len(a.Errors) > 0 {
		switch a.Errors[0].Code {
		case codeThrottled, codeTooMany:
			status = http.StatusTooManyRequests
		case codeAuth:
			status = http.StatusForbidden
		case codeNamespace:
			status = http.StatusNotFound
		}
		return refused(status, a.Errors, 0)
	}
	return badAnswer("the answer says neither that the call succeeded nor why it failed")
}

// badAnswer is the error of an answer that the API should not give.
func badAnswer(format string, args ...any) error {
	return &kv.Error{Status: http.StatusBadGateway, Message: fmt.Sprintf(format, args...)}
}

// expiration is the header in which a value's answer says when the key expires.
func expiration(h http.Header) (int64, error) {
	text := h.Get("Expiration")
	if text == "" {
		return 0, nil
	}
	unix, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, badAnswer("header Expiration: %q", text)
	}
	return unix, nil
}
