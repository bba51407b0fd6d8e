package projects

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kvbench/internal/bounded"
	"kvbench/internal/script"
	"kvbench/internal/wrangler"
)

// Disk is the Source of the files of this machine.
type Disk struct{}

// Folder implements Source.
func (Disk) Folder(scenarios string) string { return filepath.Dir(scenarios) }

// Config implements Source.
func (Disk) Config(folder string) (*wrangler.Config, error) {
	file, err := wrangler.Find(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var c *wrangler.Config
	if err == nil {
		c, err = wrangler.Read(file)
	}
	if err != nil {
		return nil, &InvalidError{file, err}
	}
	return c, nil
}

// Has implements Source.
func (Disk) Has(file string) error {
	info, err := os.Stat(file)
	if err == nil && info.IsDir() {
		return ErrFolder
	}
	return err
}

// Script implements Source.
func (Disk) Script(file string, o script.Options) (*Script, error) {
	b, err := script.Build(file, o)
	if err != nil {
		return nil, err
	}
	root := o.Root
	if root == "" {
		root = filepath.Dir(file)
	}
	return &Script{Bundle: b, root: root}, nil
}

// Repository implements Source.
func (Disk) Repository(folder string) string {
	at, err := filepath.Abs(folder)
	if err != nil {
		return ""
	}
	for root := at; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, ".git")); err == nil {
			within, err := filepath.Rel(root, at)
			if err != nil || within == "." {
				return ""
			}
			return filepath.ToSlash(within)
		}
		if root == filepath.Dir(root) {
			return ""
		}
	}
}

// maxSource bounds a source that is read for what stands in its lines, in bytes.
const maxSource = 64 << 20

// Line implements Source.
func (Disk) Line(file string, n int) string {
	text, err := bounded.ReadFile(file, maxSource)
	if err != nil || n < 1 {
		return ""
	}
	lines := strings.Split(string(text), "\n")
	if n > len(lines) {
		return ""
	}
	return strings.TrimSuffix(lines[n-1], "\r")
}
