package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"kvbench/internal/printable"
	"kvbench/internal/secret"
)

const (
	// consoleName is the file, in a run's folder, of what its Workers have logged.
	consoleName = "console.log"
	// mostConsole bounds it, in bytes.
	mostConsole = 16 << 20
)

// console writes down what Workers log. Before it is opened, while a plan is tried, that is
// dropped.
type console struct {
	secrets *secret.Set

	mu    sync.Mutex
	dir   string
	file  *os.File // made with the first line
	to    *secret.Writer
	lines int
	bytes int
	err   error // why it is not written any more
}

type consoleKey struct{}

// withConsole has the Workers of a file that is loaded with the context log to a console.
func withConsole(ctx context.Context, secrets *secret.Set) context.Context {
	return context.WithValue(ctx, consoleKey{}, &console{secrets: secrets})
}

// consoleOf is that of the context; nil where it has none, which is one that drops.
func consoleOf(ctx context.Context) *console {
	c, _ := ctx.Value(consoleKey{}).(*console)
	return c
}

// open has what is logged from now on written into a run's folder.
func (c *console) open(dir string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dir = dir
}

var errConsoleFull = fmt.Errorf("it has %d MiB", mostConsole>>20)

// line writes a line of SCENARIO/VARIANT.
func (c *console) line(of, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir == "" || c.err != nil {
		return
	}
	if c.file == nil {
		if c.file, c.err = os.Create(filepath.Join(c.dir, consoleName)); c.err != nil {
			return
		}
		c.to = c.secrets.Writer(c.file)
	}
	n, err := io.WriteString(c.to, of+": "+printable.Line(text)+"\n")
	c.lines++
	if c.bytes += n; err == nil && c.bytes > mostConsole {
		err = errConsoleFull
	}
	c.err = err
}

// close closes the file, and tells how much was logged.
func (c *console) close(told io.Writer) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir == "" {
		return
	}
	path := filepath.Join(c.dir, consoleName)
	c.dir = ""
	if c.file != nil {
		c.err = errors.Join(c.err, c.to.Flush(), c.file.Close())
	}
	if c.lines > 0 {
		fmt.Fprintf(told, "the Workers have logged %s: %s\n", counted(c.lines, "line"), printable.Line(path))
	}
	if c.err != nil {
		fmt.Fprintf(told, "WARNING %s is not whole: %s\n", printable.Line(path), printable.Line(c.err.Error()))
	}
}
