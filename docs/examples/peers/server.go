package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// server answers as KV's REST API does, as far as a run of gets needs it. From its first
// get on it stalls now and then: what comes then waits until the stall is over.
type server struct {
	mu       sync.Mutex
	values   map[string]string
	began    time.Time
	arrivals []time.Time
}

func serve() error {
	s := &server{values: map[string]string{"x": strings.Repeat("v", 100)}}
	fmt.Println("http://" + *listen + "; GET /gaps tells how the gets came since it was last asked")
	return http.ListenAndServe(*listen, s)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := r.URL.EscapedPath()
	switch key := path.Base(at); {
	case at == "/gaps":
		s.gaps(w)
	case r.Method == http.MethodGet && path.Base(path.Dir(at)) == "values":
		key, _ = url.PathUnescape(key)
		s.get(w, key)
	case r.Method == http.MethodPut && key == "bulk":
		var pairs []struct {
			Key, Value string
			Base64     bool
		}
		if err := json.NewDecoder(r.Body).Decode(&pairs); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		for _, p := range pairs {
			if p.Base64 {
				value, _ := base64.StdEncoding.DecodeString(p.Value)
				p.Value = string(value)
			}
			s.values[p.Key] = p.Value
		}
		s.mu.Unlock()
		_, _ = io.WriteString(w, `{"success":true,"result":{"successful_key_count":`+fmt.Sprint(len(pairs))+`}}`)
	default: // deleted, or listed: nothing is left
		_, _ = io.WriteString(w, `{"success":true,"result":[]}`)
	}
}

func (s *server) get(w http.ResponseWriter, key string) {
	now := time.Now()
	s.mu.Lock()
	if s.began.IsZero() {
		s.began = now
	}
	s.arrivals = append(s.arrivals, now)
	value, ok := s.values[key]
	since := now.Sub(s.began) % *every
	s.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"success":false,"errors":[{"code":10009,"message":"get: 'key not found'"}]}`)
		return
	}
	if since < *stall {
		time.Sleep(*stall - since)
	}
	_, _ = io.WriteString(w, value)
}

// gaps tells how far the gaps between the gets were from even, and forgets them: the next
// get begins a stall.
func (s *server) gaps(w http.ResponseWriter) {
	s.mu.Lock()
	all := s.arrivals
	s.arrivals, s.began = nil, time.Time{}
	s.mu.Unlock()
	if len(all) < 2 {
		return
	}
	slices.SortFunc(all, time.Time.Compare)
	even := all[len(all)-1].Sub(all[0]) / time.Duration(len(all)-1)
	var off []time.Duration
	var squares float64
	for i := 1; i < len(all); i++ {
		d := (all[i].Sub(all[i-1]) - even).Abs()
		off = append(off, d)
		squares += float64(d) * float64(d)
	}
	slices.Sort(off)
	fmt.Fprintf(w, "%d gets, one in %v; gaps off by %.0f µs (root of the mean square), p50 %v, p99 %v\n",
		len(all), even, math.Sqrt(squares/float64(len(off)))/1e3, off[len(off)/2], off[len(off)*99/100])
}
