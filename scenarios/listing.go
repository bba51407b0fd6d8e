package scenarios

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"kvbench/internal/bench"
	"kvbench/kv"
)

// listing is what a listing of the users has answered.
type listing struct {
	names   []string // of what it takes for users
	ids     []int    // those of names that are users'
	foreign int      // how many are not
	pages   int
	empty   int // pages, before the last
}

// list lists all users in the variant's way and holds the answer against the
// truth. What it sees is seen once nothing can fail any more.
func (p *prefixLoad) list(ctx context.Context, w *bench.Worker) (bench.Outcome, error) {
	var l listing
	var err error
	if p.variant == "index-key" {
		l.ids, err = readIndex(ctx, w)
	} else {
		err = p.readPages(ctx, w, &l)
	}
	if err == nil {
		err = p.values(ctx, w, l.names)
	}
	if err != nil {
		return "", err
	}
	outcome, err := p.check(w, l.ids)
	if err != nil {
		return "", err
	}
	w.Observe(prefixPages, int64(l.pages))
	if l.empty > 0 {
		w.Observe(prefixEmptyPages, int64(l.empty))
	}
	if l.foreign > 0 {
		w.Observe(prefixForeign, int64(l.foreign))
	}
	return outcome, nil
}

// readPages is the source's listUserIds: what follows the prefix in a name is an
// id, also where it is not, as in user:123:profile. A name begins with the prefix,
// so that JavaScript's replace, which replaces the first, cuts just that off.
func (p *prefixLoad) readPages(ctx context.Context, w *bench.Worker, l *listing) error {
	o := kv.ListOptions{Prefix: userPrefix}
	for {
		if err := w.List(ctx, o, &w.Page); err != nil {
			return err
		}
		l.pages++
		if len(w.Page.Keys) == 0 && !w.Page.Complete {
			l.empty++
		}
		for _, k := range w.Page.Keys {
			if p.variant == "metadata-in-list" && len(k.Metadata) == 0 {
				continue
			}
			if err := l.add(k.Name); err != nil {
				return err
			}
		}
		if w.Page.Complete || p.variant == "seed" {
			return nil
		}
		o.Cursor = w.Page.Cursor
	}
}

// add adds a name that is taken for a user's.
func (l *listing) add(name string) error {
	rest, ours := strings.CutPrefix(name, userPrefix)
	id, err := strconv.Atoi(rest)
	switch {
	case ours && err == nil:
		l.ids = append(l.ids, id)
	case ours && strings.Contains(rest, ":"):
		l.foreign++
	default:
		return fmt.Errorf("a name that was not asked for: %q", name)
	}
	l.names = append(l.names, name)
	return nil
}

// values gets the values of what was listed where the variant needs them.
func (p *prefixLoad) values(ctx context.Context, w *bench.Worker, names []string) error {
	switch p.variant {
	case "list-then-get":
		tasks := min(bench.Connections, len(names))
		return w.Parallel(tasks, func(w *bench.Worker, k int) error {
			for i := k; i < len(names); i += tasks {
				err := w.Get(ctx, names[i], kv.GetOptions{}, &w.Entry)
				if err != nil && err != kv.ErrNotFound { // deleted since it was listed
					return err
				}
			}
			return nil
		})
	case "list-then-bulk-get":
		limit := w.Capabilities().BulkGetKeys
		if limit == 0 {
			return w.BulkGet(ctx, nil, kv.GetOptions{}, nil) // which says that the store has none
		}
		for len(w.Entries) < limit {
			w.Entries = append(w.Entries, kv.Entry{})
		}
		for len(names) > 0 {
			n := min(limit, len(names))
			if err := w.BulkGet(ctx, names[:n], kv.GetOptions{}, w.Entries[:n]); err != nil {
				return err
			}
			names = names[n:]
		}
	}
	return nil
}
