//go:build unix

package workerd_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/clock"
	"kvbench/internal/emulator/binding"
	"kvbench/internal/workerd"
	"kvbench/kv"

	"github.com/valyala/fasthttp"
)

// What the benchmarks ask for.
const (
	keys  = 1000
	value = 1024 // bytes
)

var payload = bytes.Repeat([]byte("v"), value)

// path is a way to a namespace.
type path struct {
	name   string
	client *fasthttp.HostClient
	header string // of the binding, where it is asked without a Worker
	key    string // of what it asks for, but for its number; empty: what needs no key
}

func newPath(name, address string) *path {
	return &path{name: name, key: "key-", client: &fasthttp.HostClient{
		Addr: address, MaxConns: 1000, MaxIdleConnDuration: 2 * time.Second, // Miniflare closes what is idle for five
		Dial: func(address string) (net.Conn, error) { return net.Dial("tcp", address) },
	}}
}

// do gets or puts one key.
func (p *path) do(put bool, n int) error {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	target := "http://kv/"
	if p.key != "" {
		target += p.key + strconv.Itoa(n%keys)
	}
	if p.header != "" {
		target += "?urlencoded=true"
		req.Header.Set(binding.Header, p.header)
	}
	req.SetRequestURI(target)
	if put {
		req.Header.SetMethod(fasthttp.MethodPut)
		req.SetBodyRaw(payload)
	}
	if err := p.client.DoTimeout(req, res, time.Minute); err != nil {
		return err
	}
	if status, size := res.StatusCode(), len(res.Body()); status != fasthttp.StatusOK || !put && p.key != "" && size != value {
		return fmt.Errorf("status %d, %d bytes", status, size)
	}
	return nil
}

// turn does count operations, some at once, and returns how long each took and all together.
func (p *path) turn(b *testing.B, put bool, count, atOnce int) (each []time.Duration, all time.Duration) {
	b.Helper()
	each = make([]time.Duration, count)
	var wg sync.WaitGroup
	start := time.Now()
	for worker := range atOnce {
		wg.Go(func() {
			for i := worker; i < count; i += atOnce {
				began := time.Now()
				if err := p.do(put, i); err != nil {
					b.Errorf("%s: %v", p.name, err)
					return
				}
				each[i] = time.Since(began)
			}
		})
	}
	wg.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return each, time.Since(start)
}

// emulate serves a store whose calls take no time on listeners, and returns the header of
// a binding.
func emulate(b *testing.B, listeners ...net.Listener) string {
	b.Helper()
	store, err := drivers.Open("embedded://?profile=none&propagation=0&writes=off", drivers.Env{Clock: clock.NewWall(), Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	s := &binding.Server{
		Token:   "0123456789",
		Resolve: func(_, key string) (kv.Store, string, error) { return store, key, nil },
		Report:  func(err error) { b.Error(err) },
	}
	ctx, end := context.WithCancel(b.Context())
	var serving sync.WaitGroup
	for _, l := range listeners {
		serving.Go(func() {
			if err := s.Serve(ctx, l); err != nil {
				b.Error(err)
			}
		})
	}
	b.Cleanup(func() {
		end()
		serving.Wait()
		_ = store.Close()
	})
	return s.At("here")
}

// startKV starts workerd with a Worker for each address of a binding, by its name.
func startKV(b *testing.B, header string, addresses map[string]string) *workerd.Process {
	b.Helper()
	executable, err := workerd.Find("")
	if err != nil {
		b.Skip(err)
	}
	code, err := os.ReadFile("testdata/kv.js")
	if err != nil {
		b.Fatal(err)
	}
	var c workerd.Config
	for name, address := range addresses {
		c.Externals = append(c.Externals, workerd.External{
			Name: "kv " + name, Address: address, Headers: []workerd.Header{{Name: binding.Header, Value: header}},
		})
		c.Workers = append(c.Workers, workerd.Worker{
			Name: name, Date: "2026-04-01", Modules: []workerd.Module{{Name: "kv.js", Code: string(code)}},
			KV: []workerd.Binding{{Name: "KV", External: "kv " + name}},
		})
		c.Sockets = append(c.Sockets, workerd.Socket{Name: name, Worker: name})
	}
	p, err := workerd.Start(b.Context(), executable, c, os.Stderr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = p.Stop() })
	return p
}

// BenchmarkPath is what a get through workerd takes, in turns: the Worker without KV, the
// emulator without workerd, and both together, over the socket of Listen and over TCP.
func BenchmarkPath(b *testing.B) {
	for _, atOnce := range []int{1, 16} {
		b.Run("at-once="+strconv.Itoa(atOnce), func(b *testing.B) { benchmarkPath(b, atOnce) })
	}
}

func benchmarkPath(b *testing.B, atOnce int) {
	local, at, err := workerd.Listen()
	if err != nil {
		b.Fatal(err)
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	header := emulate(b, local, tcp)
	p := startKV(b, header, map[string]string{"unix": at, "tcp": tcp.Addr().String()})
	none, direct := newPath("worker-alone", p.Address("unix")), newPath("emulator-alone", "emulator")
	none.key = ""
	direct.header = header
	direct.client.Dial = func(string) (net.Conn, error) { return net.Dial(local.Addr().Network(), local.Addr().String()) }
	paths := []*path{none, direct, newPath("unix", p.Address("unix")), newPath("tcp", p.Address("tcp"))}
	direct.turn(b, true, keys, atOnce)
	for _, way := range paths {
		way.turn(b, false, keys, atOnce)
		b.Cleanup(way.client.CloseIdleConnections)
	}
	const each = 200
	took := make([][]time.Duration, len(paths))
	var ratios []float64 // of TCP to the socket of Listen
	for n := 0; n < b.N; n += each {
		var all [4]time.Duration
		for i := range paths {
			i := (i + n/each) % len(paths)
			var d []time.Duration
			d, all[i] = paths[i].turn(b, false, each, atOnce)
			took[i] = append(took[i], d...)
		}
		ratios = append(ratios, float64(all[3])/float64(all[2]))
	}
	slices.Sort(ratios)
	b.ReportMetric(0, "ns/op") // of all together, which says nothing
	for _, per := range []int{25, 50, 75} {
		b.ReportMetric(ratios[len(ratios)*per/100], fmt.Sprintf("tcp/unix-p%d", per))
	}
	for i, way := range paths {
		slices.Sort(took[i])
		for _, per := range []int{500, 900, 990, 999} {
			at := took[i][max(len(took[i])*per/1000-1, 0)]
			b.ReportMetric(float64(at)/float64(time.Microsecond), fmt.Sprintf("%s-p%v-µs", way.name, float64(per)/10))
		}
	}
}

// miniflareVariable names the folder in whose node_modules Miniflare is.
const miniflareVariable = "KVBENCH_MINIFLARE"

// BenchmarkBesideMiniflare is Worker gets and puts of 1 KiB a second, by 32 at once, beside
// Miniflare's with the same Worker and the same client, in turns: the median of the turns of
// each, and the quartiles of their ratios; and the processor time of an operation, of all
// processes with the client and the emulator, which others' work on the machine changes less.
func BenchmarkBesideMiniflare(b *testing.B) {
	folder := os.Getenv(miniflareVariable)
	if folder == "" {
		b.Skipf("%s does not name the folder with Miniflare", miniflareVariable)
	}
	l, at, err := workerd.Listen()
	if err != nil {
		b.Fatal(err)
	}
	ours := newPath("ours", startKV(b, emulate(b, l), map[string]string{"kv": at}).Address("kv"))
	theirs := newPath("miniflare", startMiniflare(b, folder))
	const atOnce, each = 32, 160
	for _, way := range []*path{ours, theirs} {
		way.turn(b, true, keys, atOnce) // so that each key is there
		way.turn(b, false, keys, atOnce)
		b.Cleanup(way.client.CloseIdleConnections)
	}
	// A turn is as many operations of ours as take about as long as theirs.
	for _, op := range []struct {
		name  string
		put   bool
		times int
	}{{"get", false, 4}, {"put", true, 16}} {
		b.Run(op.name, func(b *testing.B) {
			var rates [2][]float64
			var ratios []float64
			var took [2]time.Duration // of processors
			var done [2]int
			for n := 0; n < b.N; n += each {
				var rate [2]float64
				for _, i := range [][]int{{0, 1}, {1, 0}}[len(ratios)%2] {
					way, count := ours, each*op.times
					if i == 1 {
						way, count = theirs, each
					}
					before := spent()
					_, all := way.turn(b, op.put, count, atOnce)
					took[i] += spent() - before
					done[i] += count
					rate[i] = float64(count) / all.Seconds()
					rates[i] = append(rates[i], rate[i])
				}
				ratios = append(ratios, rate[0]/rate[1])
			}
			for _, of := range [][]float64{rates[0], rates[1], ratios} {
				slices.Sort(of)
			}
			b.ReportMetric(0, "ns/op") // as above
			b.ReportMetric(rates[0][len(ratios)/2], "ours/s")
			b.ReportMetric(rates[1][len(ratios)/2], "miniflare/s")
			for _, per := range []int{25, 50, 75} {
				b.ReportMetric(ratios[len(ratios)*per/100], fmt.Sprintf("times-p%d", per))
			}
			var cpu [2]float64
			for i, unit := range []string{"ours-cpu-µs", "miniflare-cpu-µs"} {
				cpu[i] = float64(took[i]) / float64(done[i]) / float64(time.Microsecond)
				b.ReportMetric(cpu[i], unit)
			}
			b.ReportMetric(cpu[1]/cpu[0], "times-cpu")
		})
	}
}

// startMiniflare starts Miniflare and returns its address.
func startMiniflare(b *testing.B, folder string) string {
	b.Helper()
	url := startNode(b, "testdata/miniflare.mjs", folder, "testdata/kv.js")
	return strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
}
