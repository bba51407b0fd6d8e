package realisolate

import (
	"bufio"
	"io"
	"net/http"
	"strconv"

	"kvbench/internal/webapi"
)

// cacheNamespace is the header that has the name of a cache of caches.open.
const cacheNamespace = "Cf-Cache-Namespace"

// cache answers the Cache API, as the runtime asks for it: PUT has the response as its body,
// GET and PURGE ask for what is kept.
func (r *Runtime) cache(w http.ResponseWriter, request *http.Request, location string) {
	n, err := strconv.Atoi(location)
	if err != nil || n < 0 || n >= len(r.caches) {
		http.Error(w, "there is no such location", http.StatusBadRequest)
		return
	}
	c, url := r.caches[n], urlOf(request)
	name, open := "", false
	if names := request.Header.Values(cacheNamespace); len(names) > 0 {
		name, open = names[0], true
	}
	cache := c.Default()
	if open {
		cache = c.Open(name)
	}
	switch request.Method {
	case http.MethodGet, http.MethodHead:
		found := cache.Match(url)
		if found == nil {
			w.Header().Set("Cf-Cache-Status", "MISS")
			w.WriteHeader(http.StatusGatewayTimeout)
			return
		}
		write(w, found)
	case http.MethodPut:
		kept, err := readResponse(request.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		cache.Put(url, kept)
		w.WriteHeader(http.StatusNoContent)
	case "PURGE":
		if !cache.Delete(url) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.WriteHeader(http.StatusOK)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// readResponse reads a response as it is on the wire.
func readResponse(from io.Reader) (*webapi.Response, error) {
	response, err := http.ReadResponse(bufio.NewReader(io.LimitReader(from, mostFetch)), nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return &webapi.Response{Status: response.StatusCode, StatusText: http.StatusText(response.StatusCode), Headers: response.Header, Body: body}, nil
}
