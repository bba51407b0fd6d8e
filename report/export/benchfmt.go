package export

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"kvbench/internal/price"
	"kvbench/internal/printable"
	"kvbench/internal/record"
	"kvbench/internal/runfile"

	"golang.org/x/perf/benchfmt"
)

// Benchfmt writes a run in the Go benchmark format, which benchstat reads: a
// line for every repeat of a variant, named
// BenchmarkKV/scenario=NAME/variant=NAME, and in a sweep /SETTING=VALUE behind that, over its
// transactions. Its units:
//
//	ns/op, p50-ns, p99-ns, p999-ns   response time: the mean, and percentiles; left out
//	                                 where no latency is modelled
//	get/op, put/op and so on         operations of the store per transaction
//	usd/Mop                          US dollars per million transactions; left out where the
//	                                 store has no price list
//	ANOMALY/op                       observations of an anomaly or a gauge per transaction
//	error/op                         transactions that ended in an error
func Benchfmt(run *runfile.Run) ([]byte, error) {
	var out bytes.Buffer
	w := benchfmt.NewWriter(&out)
	h := &run.Header
	for _, v := range run.Variants {
		transactions, values, err := benchValues(v.Def, &v.Total)
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", v.Def.Name, v.Name, err)
		}
		if transactions == 0 {
			continue // no transactions
		}
		result := benchfmt.Result{
			// The last part says how many CPUs there were, as that of every Go
			// benchmark does; without it, the 30 of ttl-30 would be taken for it.
			Name:  fmt.Appendf(nil, "KV/scenario=%s/variant=%s-%d", benchName(v.Def.Name), benchName(v.Name)+benchPoint(v.Point), max(h.CPUs, 1)),
			Iters: int(transactions), Values: values,
		}
		for _, c := range []struct{ Name, Value string }{
			{"goos", h.OS},
			{"goarch", h.Arch},
			{"pkg", "kvbench"},
			{"driver", v.Def.Driver},
			{"clock", v.Def.Clock},
			{"latency", string(v.Def.Latency())},
		} {
			if c.Value != "" {
				result.Config = append(result.Config, benchfmt.Config{Key: c.Name, Value: []byte(printable.Line(c.Value)), File: true})
			}
		}
		if err := w.Write(&result); err != nil {
			return nil, fmt.Errorf("writing %s/%s as a benchmark: %w", v.Def.Name, v.Name, err)
		}
	}
	return out.Bytes(), nil
}

// benchPoint are the settings that a sweep varies as further parts of a name:
// /with.memory-ttl=10s.
func benchPoint(point []runfile.Setting) (parts string) {
	for i := range point {
		parts += "/" + benchName(point[i].Name) + "=" + benchName(point[i].String())
	}
	return parts
}

func benchValues(def *runfile.Definition, total *runfile.Interval) (transactions int64, out []benchfmt.Value, err error) {
	response, err := total.Sparse(record.Response)
	if transactions = response.Count(); transactions == 0 || err != nil {
		return 0, nil, err
	}
	n := float64(transactions)
	if def.Latency() != runfile.NotModelled {
		out = []benchfmt.Value{
			{Value: response.Mean(), Unit: "ns/op"},
			{Value: float64(response.Percentile(50)), Unit: "p50-ns"},
			{Value: float64(response.Percentile(99)), Unit: "p99-ns"},
			{Value: float64(response.Percentile(99.9)), Unit: "p999-ns"},
		}
	}
	perOp := func(count float64, name string) {
		out = append(out, benchfmt.Value{Value: count / n, Unit: benchName(name) + "/op"})
	}
	for i, s := range def.Series {
		operation := record.Get <= i && i < record.FirstMark
		h, err := total.Sparse(i)
		if err != nil {
			return 0, nil, err
		}
		if operation && h.Count() > 0 || s.Mark {
			perOp(float64(h.Count()), s.Name)
		}
	}
	for i, outcome := range def.Outcomes {
		if outcome == "error" {
			perOp(float64(total.Outcomes[i]), outcome)
		}
	}
	if usd, ok := price.USDPerMillion(def.Prices(), total.Billed, uint64(transactions)).Value(); ok {
		out = append(out, benchfmt.Value{Value: usd, Unit: "usd/Mop"})
	}
	return transactions, out, nil
}

// benchName makes a name a part of a benchmark's: without spaces and slashes.
func benchName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '/' {
			return '_'
		}
		return r
	}, printable.Line(name))
}
