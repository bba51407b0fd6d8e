package reporttest

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"reflect"
	"testing"

	"kvbench/internal/metric"

	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema holds that the JSON Schema in a file is that of a type, which has the title in
// it, and returns a check of JSON against it. The doc comments in pkg, the package of the
// test, and in others beside it are its descriptions. With update it writes the file.
func Schema(t testing.TB, file, title string, of any, update bool, pkg string, others ...string) func(text []byte) error {
	t.Helper()
	names := map[string]reflect.Type{}
	reflector := jsonschema.Reflector{Mapper: quantity, Namer: func(of reflect.Type) string {
		name := of.Name()
		if was, ok := names[name]; name != "" && ok && was != of {
			t.Errorf("%v and %v are one in the schema", was, of)
		}
		names[name] = of
		return name
	}}
	for _, dir := range append([]string{"."}, others...) {
		if err := reflector.AddGoComments(path.Join("kvbench", pkg), dir); err != nil {
			t.Fatal(err)
		}
	}
	schema := reflector.Reflect(of)
	schema.ID, schema.Title = "", title
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), string(text)); diff != "" {
		t.Errorf("the types have changed: go test ./%s -run %s -update\n%s", pkg, t.Name(), diff)
	}
	return compiled(t, file, have)
}

// compiled is a check of JSON against a schema.
func compiled(t testing.TB, file string, schema []byte) func(text []byte) error {
	t.Helper()
	parsed, err := validator.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := validator.NewCompiler()
	if err := compiler.AddResource(file, parsed); err != nil {
		t.Fatal(err)
	}
	check, err := compiler.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return func(text []byte) error {
		value, err := validator.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		return check.Validate(value)
	}
}

// quantity is the schema of a figure that may be none; nil of any other type.
func quantity(t reflect.Type) *jsonschema.Schema {
	if t != reflect.TypeFor[metric.Quantity]() {
		return nil
	}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "number"}, {Type: "null"}}}
}
