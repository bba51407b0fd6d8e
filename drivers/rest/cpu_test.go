//go:build unix

package rest_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/cputime"
	"kvbench/kv"
)

// serverVariable makes this test binary a server that answers every request with 100
// bytes, so that what it costs is apart from what its clients do.
const serverVariable = "KVBENCH_REST_SERVER"

// bareServer serves until stdin ends, and prints its address first.
func bareServer() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	value := []byte(strings.Repeat("v", 100))
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(value) }))
	}()
	fmt.Println(l.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

func startBareServer(b *testing.B) (base string) {
	b.Helper()
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), serverVariable+"=1")
	server.Stderr = os.Stderr
	stdin, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = server.Wait()
	})
	var address string
	if _, err := fmt.Fscan(stdout, &address); err != nil {
		b.Fatal(err)
	}
	return "http://" + address
}

// plainGets is a loop on net/http as one would write it: a request, its answer read into
// a buffer that is used again.
func plainGets(base string) func(ctx context.Context, key string, buf []byte) ([]byte, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.DisableCompression = 1000, true
	client := &http.Client{Transport: transport}
	root := base + "/client/v4/accounts/" + account + "/storage/kv/namespaces/" + space + "/values/"
	return func(ctx context.Context, key string, buf []byte) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, root+key, nil)
		if err != nil {
			return buf, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := client.Do(req)
		if err != nil {
			return buf, err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return buf, fmt.Errorf("status %s", res.Status)
		}
		buf = buf[:res.ContentLength]
		_, err = io.ReadFull(res.Body, buf)
		return buf, err
	}
}

// BenchmarkAgainstPlain holds the driver against a loop on net/http with the same
// requests of the same server, which is another process: 32 workers that get values of
// 100 bytes, in turns. It gives processor time of this process for each get, garbage
// collection included, and the median of the turns' ratios.
func BenchmarkAgainstPlain(b *testing.B) {
	base := startBareServer(b)
	s := open(b, "rest://"+account+"/"+space+"?base="+base, clock.NewWall())
	defer s.Close()
	plain := plainGets(base)
	loops := []func(ctx context.Context, key string, e *kv.Entry) error{
		func(ctx context.Context, key string, e *kv.Entry) (err error) {
			e.Value, err = plain(ctx, key, e.Value[:0])
			return err
		},
		func(ctx context.Context, key string, e *kv.Entry) error { return s.Get(ctx, key, kv.GetOptions{}, e) },
	}
	const workers, each = 32, 100
	ctx, cancel := context.WithCancel(b.Context()) // as a run has one
	defer cancel()
	turn := func(get func(context.Context, string, *kv.Entry) error) float64 {
		before := cputime.Process()
		var wg sync.WaitGroup
		for worker := range workers {
			wg.Go(func() {
				e := kv.Entry{Value: make([]byte, 0, 128)}
				for i := range each {
					if err := get(ctx, "key-"+strconv.Itoa(worker*each+i), &e); err != nil || len(e.Value) != 100 {
						b.Errorf("%d bytes, error %v", len(e.Value), err)
						return
					}
				}
			})
		}
		wg.Wait()
		return float64(cputime.Process()-before) / (workers * each) / float64(time.Microsecond)
	}
	for _, get := range loops {
		turn(get)
	}
	var spent [2][]float64
	var ratios []float64
	for n := 0; n < b.N; n += workers * each {
		for _, i := range [][]int{{0, 1}, {1, 0}}[len(ratios)%2] {
			spent[i] = append(spent[i], turn(loops[i]))
		}
		ratios = append(ratios, spent[1][len(ratios)]/spent[0][len(ratios)])
	}
	b.ReportMetric(0, "ns/op") // of both together, which says nothing
	b.ReportMetric(median(spent[0]), "plain-cpu-µs/get")
	b.ReportMetric(median(spent[1]), "cpu-µs/get")
	b.ReportMetric(median(ratios), "times-plain")
}
