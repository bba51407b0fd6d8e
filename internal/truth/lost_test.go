package truth_test

import (
	"container/heap"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// The scenario that is both run and simulated: read-modify-write of whole objects
// from three locations, each with its cache.
const (
	objects     = 40
	locations   = 3
	perSecond   = 30.0
	updateShare = 0.3
	hotRead     = 0.002 // seconds, as all below
	coldRead    = 0.080
	putTime     = 0.120
	cacheTTL    = 60.0
	warmUp      = 120.0
	duration    = 600.0
)

// The share of acknowledged updates that are lost is that of a simulation which
// shares no code with kvbench.
func TestLostUpdates(t *testing.T) {
	runs := pick(6, 40)
	mean := func(share func(seed uint64) float64) (mean, deviation float64) {
		var sum, squares float64
		for seed := range uint64(runs) {
			x := share(1 + seed)
			sum, squares = sum+x, squares+x*x
		}
		n := float64(runs)
		return sum / n, math.Sqrt((squares/n - sum/n*sum/n) / (n - 1))
	}
	got, gotDeviation := mean(func(seed uint64) float64 {
		o := run(t, seed, fmt.Sprintf(`
scenarios:
  - name: lost
    question: How many updates are lost?
    pattern: coalesce
    variants: [seed]
    driver: embedded://?locations=%d&profile=none&propagation=60s&hot=%v&cold=%v&write=%v
    load: {rate: %v/s, arrivals: poisson, duration: %v, warm-up: %v}
    keys: {count: %d, size: 200B}
    with: {update: %v}
`, locations, seconds(hotRead), seconds(coldRead), seconds(putTime), perSecond, seconds(duration), seconds(warmUp),
			objects, updateShare), nil)
		return o.count("lost-update") / (o.outcome("updated") + o.outcome("created"))
	})
	want, wantDeviation := mean(simulate)
	tolerance := 4 * math.Hypot(gotDeviation, wantDeviation) / want
	near(t, "updates that are lost", got, want, tolerance)
	if tolerance > pick(0.05, 0.02) {
		t.Errorf("the tolerance of %.1f %% says little", 100*tolerance)
	}
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * float64(time.Second))) }

// event is something that happens at a time.
type event struct {
	at float64
	do func()
}

type events []event

func (e events) Len() int           { return len(e) }
func (e events) Less(i, j int) bool { return e[i].at < e[j].at }
func (e events) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)        { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := len(*e) - 1
	out := (*e)[last]
	*e = (*e)[:last]
	return out
}

// written is one value of an object: which it was made from, and from when each
// location sees it.
type written struct {
	from    *written
	visible [locations]float64
	counts  bool // it is an update of the measured time
}

// simulate returns the share of the updates of the measured time that the last
// value of their object does not descend from.
func simulate(seed uint64) float64 {
	random := rand.New(rand.NewPCG(seed, 99))
	type copied struct {
		value *written
		until float64
	}
	history := make([][]*written, objects) // in the order in which they were stored
	var cache [locations][objects]copied
	for o := range history {
		history[o] = []*written{{}}
	}
	var queue events
	at := func(t float64, do func()) { heap.Push(&queue, event{t, do}) }
	newest := func(o, l int, now float64) *written {
		for i := len(history[o]) - 1; ; i-- {
			if history[o][i].visible[l] <= now {
				return history[o][i]
			}
		}
	}
	lag := func() float64 { // p50 15 s, p90 45 s, p99 60 s, at most 120 s
		switch u := random.Float64(); {
		case u < 0.5:
			return u / 0.5 * 15
		case u < 0.9:
			return 15 + (u-0.5)/0.4*30
		case u < 0.99:
			return 45 + (u-0.9)/0.09*15
		default:
			return 60 + (u-0.99)/0.01*60
		}
	}
	updates := 0.0
	for t := random.ExpFloat64() / perSecond; t < warmUp+duration; t += random.ExpFloat64() / perSecond {
		o, l, update := random.IntN(objects), random.IntN(locations), random.Float64() < updateShare
		at(t, func() {
			then := func(now float64, read *written) {
				if !update {
					return
				}
				at(now+putTime, func() {
					w := &written{from: read, counts: t >= warmUp}
					for other := range w.visible {
						if w.visible[other] = now + putTime; other != l {
							w.visible[other] += lag()
						}
					}
					history[o] = append(history[o], w)
					cache[l][o] = copied{}
					if w.counts {
						updates++
					}
				})
			}
			if c := cache[l][o]; t < c.until {
				at(t+hotRead, func() { then(t+hotRead, c.value) })
				return
			}
			at(t+coldRead, func() {
				v := newest(o, l, t+coldRead)
				cache[l][o] = copied{v, t + coldRead + cacheTTL}
				then(t+coldRead, v)
			})
		})
	}
	for len(queue) > 0 {
		heap.Pop(&queue).(event).do()
	}
	survived := 0.0
	for _, values := range history {
		for v := values[len(values)-1]; v != nil; v = v.from {
			if v.counts {
				survived++
			}
		}
	}
	return 1 - survived/updates
}
