// Command peers takes figures of kvbench's peers on the server that kvbench is run on, so
// that both can be held beside each other and beside the right answer. See
// docs/performance.md.
//
//	peers serve [-stall 500ms] [-every 5s]   a server of KV's REST API that stalls
//	peers vegeta -url URL -rate 1000         an attack by vegeta
//	peers sleep -url URL -rate 1000          gets by a pacer that rests on time.Sleep
//	peers simulate -rate 1000 -takes 50us    the right answer of a queue with one server
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

var (
	flags  = flag.NewFlagSet("peers", flag.ExitOnError)
	listen = flags.String("listen", "127.0.0.1:9377", "the server's address")
	stall  = flags.Duration("stall", 500*time.Millisecond, "how long the server stalls; 0 for not at all")
	every  = flags.Duration("every", 5*time.Second, "how often it does")
	target = flags.String("url", "http://127.0.0.1:9377/values/x", "what is asked for")
	rate   = flags.Int("rate", 1000, "gets a second")
	length = flags.Duration("for", 20*time.Second, "how long")
	takes  = flags.Duration("takes", 50*time.Microsecond, "how long a simulated server takes for one")
	base   = flags.Duration("base", 200*time.Microsecond, "what a simulated response takes beside its wait")
)

func main() {
	modes := map[string]func() error{"serve": serve, "vegeta": attack, "sleep": sleeping, "simulate": simulate}
	if len(os.Args) < 2 || modes[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "want serve, vegeta, sleep or simulate; see the top of main.go")
		os.Exit(2)
	}
	_ = flags.Parse(os.Args[2:])
	if err := modes[os.Args[1]](); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tell prints percentiles, in milliseconds.
func tell(what string, d []time.Duration) {
	slices.Sort(d)
	fmt.Printf("%s: %d", what, len(d))
	for _, per := range []int{500, 900, 950, 990, 999, 1000} {
		fmt.Printf("  p%v %.3f", float64(per)/10, float64(d[max(len(d)*per/1000-1, 0)])/1e6)
	}
	fmt.Println(" ms")
}

// attack is by as many workers and connections as vegeta wants.
func attack() error {
	a := vegeta.NewAttacker(vegeta.Connections(10_000), vegeta.Timeout(30*time.Second))
	targeter := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: *target})
	var took []time.Duration
	failed := 0
	for r := range a.Attack(targeter, vegeta.Rate{Freq: *rate, Per: time.Second}, *length, "") {
		took = append(took, r.Latency)
		if r.Code != http.StatusOK {
			failed++
		}
	}
	tell(fmt.Sprintf("vegeta, %d/s, %d failed", *rate, failed), took)
	return nil
}

// sleeping starts each get when time.Sleep says that it is due.
func sleeping() error {
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 10_000
	n := int(length.Seconds() * float64(*rate))
	late, took := make([]time.Duration, n), make([]time.Duration, n)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range n {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(*rate))
		time.Sleep(time.Until(due))
		late[i] = time.Since(due)
		wg.Go(func() {
			res, err := http.Get(*target)
			if err == nil {
				_ = res.Body.Close()
			}
			took[i] = time.Since(due)
		})
	}
	wg.Wait()
	tell(fmt.Sprintf("time.Sleep, %d/s, lateness", *rate), late)
	tell(fmt.Sprintf("time.Sleep, %d/s, response", *rate), took)
	return nil
}

// simulate is a queue with one server that stalls, in whole nanoseconds.
func simulate() error {
	took := make([]time.Duration, int(length.Seconds()*float64(*rate)))
	free := time.Duration(0)
	for i := range took {
		due := time.Duration(i) * time.Second / time.Duration(*rate)
		begins := max(due, free)
		if since := begins % *every; *stall > 0 && since < *stall {
			begins += *stall - since
		}
		free = begins + *takes
		took[i] = begins - due + *base
	}
	tell(fmt.Sprintf("right, %d/s", *rate), took)
	return nil
}
