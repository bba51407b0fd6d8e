package option_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"kvbench/drivers/option"
	"kvbench/internal/setting"
)

func TestRead(t *testing.T) {
	u, err := url.Parse("x://?b=2&a=1")
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	set := func(name string) option.Option {
		return option.Option{Setting: setting.Setting{Name: name}, Set: func(value string) error {
			got += name + value
			return nil
		}}
	}
	if err := option.Read(u, []option.Option{set("a"), set("b"), set("c")}); err != nil || got != "a1b2" {
		t.Errorf("got %q, %v", got, err)
	}
}

// All that is wrong is reported, not only the first.
func TestReadErrors(t *testing.T) {
	u, err := url.Parse("x://?size=1&size=2&colour=red&speed=fast")
	if err != nil {
		t.Fatal(err)
	}
	err = option.Read(u, []option.Option{
		{Setting: setting.Setting{Name: "size"}, Set: func(string) error { return nil }},
		{Setting: setting.Setting{Name: "color"}, Set: func(string) error { return nil }},
		{Setting: setting.Setting{Name: "speed"}, Set: func(string) error { return errors.New("want a number") }},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"size is given 2 times", `unknown option "colour" (did you mean "color"?)`, "speed=fast: want a number",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}
