package bench

import "sync"

// idle are the workers that carry nothing. In virtual time, where tasks run one at a time, a
// list will do.
type idle struct {
	alone bool
	list  []*Worker
	pool  sync.Pool
}

// take returns one; nil where there is none.
func (i *idle) take() (w *Worker) {
	if !i.alone {
		w, _ = i.pool.Get().(*Worker)
		return w
	}
	if n := len(i.list); n > 0 {
		w, i.list = i.list[n-1], i.list[:n-1]
	}
	return w
}

func (i *idle) keep(w *Worker) {
	if i.alone {
		i.list = append(i.list, w)
	} else {
		i.pool.Put(w)
	}
}
