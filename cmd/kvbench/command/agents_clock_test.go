package command

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kvbench/internal/fleet"

	"github.com/nats-io/nats.go"
)

// An agent whose clock is far off ends the run before it has begun: its load would not be that of the others' time.
func TestAgentWithAClockThatIsFarOff(t *testing.T) {
	t.Parallel()
	server, err := fleet.Serve(t.TempDir(), "127.0.0.1:0", fleetToken)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	url := "nats://" + server.Address().String()
	for _, ahead := range []time.Duration{time.Hour, -time.Hour} {
		leader := start(t, "run", "testdata/agents-wall.yaml", "--agents", "1", "--nats", url, "--start-in", "6s", "--out", filepath.Join(t.TempDir(), "led"))
		leader.saw(t, fleetURL)
		nc, err := nats.Connect(url, nats.Token(fleetToken)) // it says what an agent says, and does nothing
		if err != nil {
			t.Fatal(err)
		}
		if _, err := nc.Subscribe("kvbench.time.skewed", func(m *nats.Msg) {
			_ = m.Respond(strconv.AppendInt(nil, time.Now().Add(ahead).UnixNano(), 10))
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := nc.Subscribe("kvbench.call", func(m *nats.Msg) {
			_, after, _ := strings.Cut(string(m.Data), `"job":"`)
			job, _, _ := strings.Cut(after, `"`)
			_ = nc.Publish("kvbench.beat", fmt.Appendf(nil, `{"agent":"skewed","host":"skewed-host","cpus":1,"version":"v","job":%q}`, job))
		}); err != nil {
			t.Fatal(err)
		}
		leader.ends(t, exitFailed)
		nc.Close()
		if said := leader.said.String(); !strings.Contains(said, "the clock of skewed-host is off by more than half of --start-in 6s") {
			t.Errorf("the leader says %s", said)
		}
	}
}
