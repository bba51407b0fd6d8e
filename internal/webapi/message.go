// Package webapi gives a goja runtime the parts of the web's APIs that Workers have and
// the language has not: Request, Response, Headers, URL, streams, text encoding, crypto
// and the like. It knows nothing of KV, of isolates and of waiting.
package webapi

import "net/http"

// Request is a request as it goes into a script's fetch handler, or comes out of a call
// of fetch.
type Request struct {
	Method, URL string
	Headers     http.Header
	Body        []byte // nil: none
}

// Response is a response as it comes out of a handler, or goes into the script.
type Response struct {
	Status     int
	StatusText string
	Headers    http.Header
	Body       []byte // nil: none
}
