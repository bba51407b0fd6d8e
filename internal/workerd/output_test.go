package workerd

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writes keeps each Write.
type writes struct {
	got []string
	err error
}

func (w *writes) Write(p []byte) (int, error) {
	w.got = append(w.got, string(p))
	return len(p), w.err
}

func TestOutputByLines(t *testing.T) {
	var to writes
	o := output{to: &to}
	for _, part := range []string{"a", "b\nc\r\n", "\n", "d\xff\ne"} {
		if n, err := o.Write([]byte(part)); n != len(part) || err != nil {
			t.Errorf("%q: %d, %v", part, n, err)
		}
	}
	o.close()
	o.close()
	if diff := cmp.Diff([]string{"ab\n", "c\n", "\n", "d\uFFFD\n", "e\n"}, to.got); diff != "" {
		t.Error(diff)
	}
	if got := o.tail(); got != "ab\nc\nd\uFFFD\ne" {
		t.Errorf("%q", got)
	}
}

func TestOutputBounded(t *testing.T) {
	var to writes
	o := output{to: &to}
	long := strings.Repeat("x", maxLine+5)
	for range 2 * maxOutput / maxLine {
		fmt.Fprintln(&o, long)
	}
	fmt.Fprintln(&o, "the last")
	total := 0
	for _, line := range to.got {
		total += len(line)
		if len(line) > maxLine+100 {
			t.Fatalf("a line of %d bytes", len(line))
		}
	}
	if total > maxOutput+100 || !strings.Contains(to.got[0], "5 bytes more") || !strings.Contains(to.got[len(to.got)-1], "left out") {
		t.Errorf("%d bytes, first %.0q, last %q", total, to.got[0], to.got[len(to.got)-1])
	}
	lines := strings.Split(o.tail(), "\n")
	if len(lines) != tailLines || lines[tailLines-1] != "the last" {
		t.Errorf("%d lines, last %q", len(lines), lines[len(lines)-1])
	}
}

// A log that fails does not hold up the process.
func TestOutputWithoutALog(t *testing.T) {
	to := writes{err: errors.New("full")}
	o := output{to: &to}
	fmt.Fprint(&o, "a\nb\n")
	if len(to.got) != 1 || o.tail() != "a\nb" {
		t.Errorf("%q, %q", to.got, o.tail())
	}
}

// Of a crash the dump is left out, and a full heap is told as that.
func TestOutputOfACrash(t *testing.T) {
	o := output{to: &writes{}}
	fmt.Fprint(&o, "said by a script\n\n<--- Last few GCs --->\n\n[11689:0x720dbfd5a000]    10263 ms: Mark-Compact (reduce)\n")
	if o.outOfMemory() {
		t.Error("out of memory too soon")
	}
	const fatal = "workerd/jsg/setup.c++:44: fatal: V8 fatal error; location = Reached heap limit; message = : allocation failed: JavaScript heap out of memory"
	fmt.Fprint(&o, fatal+"\n*** Received signal #6: Aborted\nstack: /lib/libc.so.6@0x8aeeb\n")
	if got := o.tail(); got != "said by a script\n"+fatal || !o.outOfMemory() {
		t.Errorf("%q, out of memory: %t", got, o.outOfMemory())
	}
}
