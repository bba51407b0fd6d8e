package kv_test

import (
	"fmt"
	"net/http"
	"time"

	"kvbench/kv"
)

func ExampleErrorCode() {
	refused := &kv.Error{Status: http.StatusTooManyRequests}
	lost := &kv.Error{Message: "connection reset by peer"}
	fmt.Println(kv.ErrorCode(kv.ErrNotFound), kv.ErrorCode(fmt.Errorf("put: %w", refused)), kv.ErrorCode(lost))
	// Output: 404 429 network
}

func ExampleExpiresAt() {
	now := time.Date(2026, 1, 1, 12, 0, 0, 700_000_000, time.UTC)
	fmt.Println(time.Unix(kv.ExpiresAt(now, time.Minute), 0).UTC().Format(time.TimeOnly))
	// Output: 12:01:00
}
