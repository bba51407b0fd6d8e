package scenarios

import (
	"context"
	"encoding/json"
	"slices"

	"kvbench/internal/bench"
	"kvbench/kv"
)

// indexKey is the key of index-key that holds the ids of all users.
const indexKey = "index:users"

// indexBytes is the size of the index of ids 0 to n-1, n at least 1.
func indexBytes(n int) int {
	size := 1 + 2*n // the bracket before, then a digit and what follows it
	for least := 10; least < n; least *= 10 {
		size += n - least // one more digit of each from there on
	}
	return size
}

// seedIndex writes the index of the users that are there at first.
func (p *prefixLoad) seedIndex(ctx context.Context, w *bench.Worker) error {
	ids := make([]int, p.Keys)
	for id := range ids {
		ids[id] = id
	}
	return writeIndex(ctx, w, ids)
}

// changeIndex adds an id to the index or takes it out: a read-modify-write, with
// all that can go wrong with one.
func changeIndex(ctx context.Context, w *bench.Worker, id int, add bool) error {
	ids, err := readIndex(ctx, w)
	if err != nil {
		return err
	}
	i, found := slices.BinarySearch(ids, id)
	switch {
	case add && !found:
		ids = slices.Insert(ids, i, id)
	case !add && found:
		ids = slices.Delete(ids, i, i+1)
	}
	return writeIndex(ctx, w, ids)
}

func readIndex(ctx context.Context, w *bench.Worker) (ids []int, err error) {
	switch err = w.Get(ctx, indexKey, kv.GetOptions{}, &w.Entry); err {
	case nil:
		err = json.Unmarshal(w.Entry.Value, &ids)
	case kv.ErrNotFound:
		err = nil
	}
	return ids, err
}

func writeIndex(ctx context.Context, w *bench.Worker, ids []int) error {
	value, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return w.Put(ctx, indexKey, value, kv.PutOptions{})
}
