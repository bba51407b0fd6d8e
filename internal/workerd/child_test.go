//go:build unix

package workerd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// childVariable says that the test binary is to start what it names and to wait for its end.
const childVariable = "KVBENCH_WORKERD_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		child()
	}
	goleak.VerifyTestMain(m)
}

func child() {
	switch os.Getenv(childVariable) {
	case "workerd":
		path, err := Find("")
		if err != nil {
			panic(err)
		}
		p, err := Start(context.Background(), path, one(hello), io.Discard)
		if err != nil {
			panic(err)
		}
		fmt.Println(p.Address("http"))
	case "guard":
		cmd := exec.Command("sleep", "600")
		cmd.SysProcAttr = groupOfItsOwn()
		cmd.Stdout = os.Stdout // ends when nobody has it
		g, err := newGuard()
		if err != nil {
			panic(err)
		}
		if err := cmd.Start(); err != nil {
			panic(err)
		}
		g.watch(cmd.Process.Pid)
		fmt.Println("sleeps")
	}
	select {}
}

// startChild starts the test binary as a child and returns its first line and the rest of
// what it writes.
func startChild(t *testing.T, what string) (*exec.Cmd, string, io.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+what)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	r := bufio.NewReader(out)
	line, err := r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return cmd, strings.TrimSpace(line), r
}

// Nothing of it is left when its parent is killed.
func TestParentKilled(t *testing.T) {
	executable(t)
	cmd, address, _ := startChild(t, "workerd")
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	// The connection ends with the process that has it.
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.Copy(io.Discard, c); os.IsTimeout(err) {
		t.Fatal("workerd outlives its parent")
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		c.Close()
		if time.Now().After(deadline) {
			t.Fatal("its socket is still there")
		}
	}
}

// The guard of systems whose kernel ends no process with its parent.
func TestGuard(t *testing.T) {
	cmd, _, rest := startChild(t, "guard")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, rest) // ends with the last process that has it
	}()
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Error("the process outlives its parent")
	}
	_ = cmd.Wait() // killed
}

// A guard that is released ends nothing.
func TestGuardReleased(t *testing.T) {
	g, err := newGuard()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = groupOfItsOwn()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	g.watch(cmd.Process.Pid)
	g.release()
	if err := cmd.Process.Signal(syscall.Signal(0)); err != nil {
		t.Error(err)
	}
	killGroup(cmd.Process.Pid)
	_ = cmd.Wait() // killed
}
