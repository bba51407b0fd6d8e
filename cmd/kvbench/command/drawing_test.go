package command

import (
	"strings"
	"testing"
	"time"
)

// Where there is no terminal, a line is said now and then, and none at the end.
func TestDrawing(t *testing.T) {
	var out strings.Builder
	d := drawing{w: &out, bars: newBars(&out), said: time.Now()}
	d.tell(1, 4) // too soon
	d.said = d.said.Add(-2 * every)
	d.tell(2, 4)
	d.tell(3, 4) // too soon
	d.said = d.said.Add(-2 * every)
	d.tell(4, 4) // it is done
	d.close()
	if got := out.String(); got != "drawing: 2 of 4 scenarios\n" {
		t.Errorf("got %q", got)
	}
}
