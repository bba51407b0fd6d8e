package webapi

import (
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// settle runs an expression, and answers what its promise comes to.
func settle(t *testing.T, vm *goja.Runtime, expr string) (v goja.Value, failed bool) {
	t.Helper()
	p, err := vm.RunString("(async () => (\n" + expr + "\n))()")
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	promise, ok := p.Export().(*goja.Promise)
	if !ok || promise.State() == goja.PromiseStatePending {
		t.Fatalf("%s: it never settles", expr)
	}
	return promise.Result(), promise.State() == goja.PromiseStateRejected
}

// What the table says is there is there, and what it says is missing says so by its name.
func TestTable(t *testing.T) {
	vm, _ := testAPI(t)
	seen := map[string]bool{}
	for _, e := range Table() {
		if seen[e.Name] || e.Group == "" || (e.How == Limited) != (e.Note != "") {
			t.Errorf("%s: it is there twice, or lacks a group or a note", e.Name)
		}
		seen[e.Name] = true
		probe := e.probe
		if e.How == Missing {
			if probe == "" {
				probe = "new " + e.Name + "()"
				if strings.HasPrefix(e.Name, "crypto.") {
					probe = e.Name + "()"
				}
			}
			v, failed := settle(t, vm, probe)
			if want := e.Name + " is not here; the real Workers runtime has it"; !failed || !strings.Contains(v.String(), want) {
				t.Errorf("%s answers %v, want an error with %q", probe, v, want)
			}
			continue
		}
		if probe == "" {
			probe = "typeof " + e.Name + " !== 'undefined'"
		}
		if v, failed := settle(t, vm, probe); failed || !v.ToBoolean() {
			t.Errorf("%s answers %v", probe, v)
		}
	}
}

// A script that asks whether something is there gets an answer.
func TestTypeOfMissing(t *testing.T) {
	vm, _ := testAPI(t)
	for _, e := range missing {
		if v, failed := settle(t, vm, "typeof "+e.Name); failed || v.String() != "function" {
			t.Errorf("typeof %s is %v", e.Name, v)
		}
	}
}

// All globals of the prelude's files come when they are asked for.
func TestLazyGlobals(t *testing.T) {
	for _, f := range order {
		for _, name := range f.globals {
			vm, _ := testAPI(t)
			want := "function"
			if name == "crypto" {
				want = "object"
			}
			if v, failed := settle(t, vm, "typeof "+name); failed || v.String() != want {
				t.Errorf("typeof %s is %v", name, v)
			}
		}
	}
}
