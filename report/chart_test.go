package report

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLook(t *testing.T) {
	for name, s := range map[string]*Scenario{"tiers": tiers(t), "eight": eight(t), "memory": memoryOnly(t), "once": once(t), "nothing": nothing(t)} {
		for _, c := range Charts(s) {
			png, err := c.PNG()
			if err != nil {
				t.Fatal(err)
			}
			svg, err := c.SVG()
			if err != nil {
				t.Fatal(err)
			}
			os.MkdirAll("/tmp/look", 0o755)
			os.WriteFile(filepath.Join("/tmp/look", name+"-"+c.Name+".png"), png, 0o644)
			os.WriteFile(filepath.Join("/tmp/look", name+"-"+c.Name+".svg"), svg, 0o644)
			t.Log(name, c.Name, len(svg), c.Title, c.Alt)
		}
	}
}
