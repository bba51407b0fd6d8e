package command

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"kvbench/kv"
)

// httpStore is a store behind HTTP on the loopback address: values by key, and no
// more.
type httpStore struct {
	server *httptest.Server
}

// newHTTPStore starts a store that takes so long over each call.
func newHTTPStore(latency time.Duration) *httpStore {
	var values sync.Map
	serve := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(latency)
		switch r.Method {
		case http.MethodGet:
			if v, ok := values.Load(r.URL.Path); ok {
				_, _ = w.Write(v.([]byte))
			} else {
				w.WriteHeader(http.StatusNotFound)
			}
		case http.MethodPut:
			v, _ := io.ReadAll(r.Body)
			values.Store(r.URL.Path, v)
		default:
			values.Delete(r.URL.Path)
		}
	}
	return &httpStore{httptest.NewServer(http.HandlerFunc(serve))}
}

func (s *httpStore) call(ctx context.Context, method, key string, value []byte, e *kv.Entry) error {
	request, err := http.NewRequestWithContext(ctx, method, s.server.URL+"/"+key, bytes.NewReader(value))
	if err != nil {
		return err
	}
	response, err := s.server.Client().Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return err
	case response.StatusCode == http.StatusNotFound:
		return kv.ErrNotFound
	case e != nil:
		e.Found, e.Value = true, append(e.Value[:0], body...)
	}
	return nil
}

func (s *httpStore) Get(ctx context.Context, key string, _ kv.GetOptions, e *kv.Entry) error {
	e.Reset()
	return s.call(ctx, http.MethodGet, key, nil, e)
}

func (s *httpStore) Put(ctx context.Context, key string, value []byte, _ kv.PutOptions) error {
	return s.call(ctx, http.MethodPut, key, value, nil)
}

func (s *httpStore) Delete(ctx context.Context, key string) error {
	return s.call(ctx, http.MethodDelete, key, nil, nil)
}

func (s *httpStore) List(context.Context, kv.ListOptions, *kv.Page) error {
	return &kv.Error{Status: http.StatusNotImplemented}
}

func (s *httpStore) Capabilities() kv.Capabilities { return kv.Capabilities{Locations: 1} }

func (s *httpStore) Close() error {
	s.server.Close()
	return nil
}
