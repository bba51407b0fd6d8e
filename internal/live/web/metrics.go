package web

import (
	"strconv"

	"kvbench/internal/live"

	"github.com/prometheus/client_golang/prometheus"
)

// of are the labels that every metric of a variant has. Repeats are added up.
var of = []string{"scenario", "variant", "point"}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

func ofVariant(name, help string, more ...string) *prometheus.Desc {
	return desc(name, help, append(of[:len(of):len(of)], more...)...)
}

// The metrics. Times and rates are of the scenario's clock.
var (
	response     = ofVariant("kvbench_response_seconds", "Time from when a transaction was due until it ended, on the scenario's clock; kvbench_variant_info says whether it is modelled.")
	transactions = ofVariant("kvbench_transactions_total", "Transactions that ended, by outcome.", "outcome")
	errored      = ofVariant("kvbench_errors_total", "Failed calls of the store, and transactions that failed where no call had, by code.", "code")
	inFlight     = ofVariant("kvbench_in_flight_transactions", "Transactions that have begun and not ended.")
	target       = ofVariant("kvbench_target_transactions_per_second", "Planned rate at present, of all repeats that run; none of a closed loop.")
	progress     = ofVariant("kvbench_progress_ratio", "Share of the variant that is measured, all of its repeats together.")
	info         = ofVariant("kvbench_variant_info", "What the variant runs on; always 1.", "driver", "latency", "clock")
	done         = desc("kvbench_runs_done", "Runs that have ended: a run is one repeat of one variant.")
	runs         = desc("kvbench_runs", "Runs that are planned.")
)

// The metrics of a run that agents do, in place of those.
var (
	shardsIn = desc("kvbench_shards", "Shards of the run, by state: done, running, waiting or lost.", "state")
	agents   = desc("kvbench_agents", "Agents that take part and were heard lately.")
	received = desc("kvbench_received_transactions_total", "Transactions that agents have sent, those of attempts that did not count included.")
	atShare  = desc("kvbench_shard_progress_ratio", "Share of the variant that a shard is at.", "shard", "agent", "run")
)

// collector makes metrics of a board when it is asked, and holds nothing itself.
type collector struct {
	board *live.Board
}

// Describe implements prometheus.Collector.
func (collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{response, transactions, errored, inFlight, target, progress, info, done, runs, shardsIn, agents, received, atShare} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c collector) Collect(to chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		m, err := prometheus.NewConstMetric(d, kind, v, labels...)
		if err != nil {
			m = prometheus.NewInvalidMetric(d, err)
		}
		to <- m
	}
	if s := c.board.Shards(); s != nil {
		for _, in := range []struct {
			state string
			n     int
		}{{"done", s.Whole}, {"running", s.Running}, {"waiting", s.Waiting}, {"lost", s.Lost}} {
			send(shardsIn, prometheus.GaugeValue, float64(in.n), in.state)
		}
		send(agents, prometheus.GaugeValue, float64(s.Agents))
		send(received, prometheus.CounterValue, float64(s.Transactions))
		for _, r := range s.Rows {
			if share, known := r.Share.Value(); known {
				send(atShare, prometheus.GaugeValue, share, strconv.Itoa(r.Number), r.Host, r.Run)
			}
		}
		return
	}
	ended, total := c.board.Counts()
	send(done, prometheus.GaugeValue, float64(ended))
	send(runs, prometheus.GaugeValue, float64(total))
	for _, s := range c.board.Series() {
		labels := []string{s.Scenario, s.Name, s.Point}
		with := func(more ...string) []string { return append(labels[:len(labels):len(labels)], more...) }
		m, err := histogram(response, s.Response, s.Began, labels...)
		if err != nil {
			m = prometheus.NewInvalidMetric(response, err)
		}
		to <- m
		for i, outcome := range s.Outcomes {
			n := uint64(0)
			if i < len(s.Transactions) {
				n = s.Transactions[i]
			}
			send(transactions, prometheus.CounterValue, float64(n), with(outcome)...)
		}
		for code, n := range s.Errors {
			send(errored, prometheus.CounterValue, float64(n), with(code)...)
		}
		send(inFlight, prometheus.GaugeValue, float64(s.InFlight), labels...)
		if rate, ok := s.Target.Value(); ok {
			send(target, prometheus.GaugeValue, rate, labels...)
		}
		send(progress, prometheus.GaugeValue, s.Progress, labels...)
		send(info, prometheus.GaugeValue, 1, with(s.Driver, string(s.Latency), s.Clock)...)
	}
}
