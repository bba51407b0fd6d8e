package drivers_test

import (
	"context"
	"fmt"

	"kvbench/drivers"
	"kvbench/kv"
)

// A store by its URL, used without a run around it.
func ExampleOpen() {
	ctx := context.Background()
	store, err := drivers.Open("embedded://?profile=none&propagation=0s", drivers.Env{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	if err := store.Put(ctx, "greeting", []byte("hello"), kv.PutOptions{}); err != nil {
		fmt.Println(err)
		return
	}
	var e kv.Entry
	err = store.Get(ctx, "greeting", kv.GetOptions{}, &e)
	fmt.Printf("%s %v\n", e.Value, err)
	// Output: hello <nil>
}
