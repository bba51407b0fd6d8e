package prefix

import (
	"context"
	"fmt"
	"strings"

	"kvbench/kv"
)

// Clean deletes every key of s that begins with prefix, and no other: in bulk where
// s can. The prefix has to lie below Root and end with a slash; Root itself is what all runs have left.
// It tells progress, which may be nil, how many keys are deleted so far, and returns
// that number.
//
// It goes by the store's listing. That lags behind by up to Capabilities.Staleness, so
// what was written within that time may be left; and what was deleted within it may
// be deleted, and counted, again.
func Clean(ctx context.Context, s kv.Store, prefix string, progress func(deleted int)) (deleted int, err error) {
	if !strings.HasPrefix(prefix, Root) || !strings.HasSuffix(prefix, "/") {
		return 0, fmt.Errorf("keys below %q are not a run's: want a prefix such as %s", prefix, Of("RUN"))
	}
	var (
		most = max(1, s.Capabilities().BulkPutKeys)
		keys []string
		page kv.Page
	)
	flush := func() error {
		if len(keys) == 0 {
			return nil
		}
		if err := deleteAll(ctx, s, keys); err != nil {
			return fmt.Errorf("deleting below %s: %w", prefix, err)
		}
		deleted += len(keys)
		keys = keys[:0]
		if progress != nil {
			progress(deleted)
		}
		return nil
	}
	o := kv.ListOptions{Prefix: prefix}
	for {
		if err := s.List(ctx, o, &page); err != nil {
			return deleted, fmt.Errorf("listing below %s: %w", prefix, err)
		}
		for _, k := range page.Keys {
			if !strings.HasPrefix(k.Name, prefix) { // whatever the store says, nothing else is deleted
				return deleted, fmt.Errorf("a listing below %s holds %.80q: nothing more is deleted", prefix, k.Name)
			}
			keys = append(keys, strings.Clone(k.Name))
			if len(keys) == most {
				if err := flush(); err != nil {
					return deleted, err
				}
			}
		}
		if page.Complete {
			return deleted, flush()
		}
		o.Cursor = page.Cursor
	}
}
