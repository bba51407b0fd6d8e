//go:build unix

package workerd_test

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// startNode runs a script on Node until the test has ended, and returns the first word that
// it prints.
func startNode(b *testing.B, args ...string) string {
	b.Helper()
	node := exec.Command("node", args...)
	node.Stderr = os.Stderr
	node.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := node.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := node.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := node.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = node.Wait()
		_ = syscall.Kill(-node.Process.Pid, syscall.SIGKILL) // Miniflare may leave its workerd
	})
	var word string
	if _, err := fmt.Fscan(stdout, &word); err != nil {
		b.Fatal(err)
	}
	return word
}
