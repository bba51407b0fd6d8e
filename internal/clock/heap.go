package clock

import "time"

// event says that a task goes on at a time.
type event struct {
	at   time.Duration
	seq  uint64 // breaks ties: the order of scheduling
	task *task
}

func (e event) before(o event) bool {
	return e.at < o.at || e.at == o.at && e.seq < o.seq
}

// heap is a binary heap of events, the earliest first. container/heap would
// box every event.
type heap []event

func (h *heap) push(e event) {
	s := append(*h, e)
	i := len(s) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(s[parent]) {
			break
		}
		s[i], i = s[parent], parent
	}
	s[i] = e
	*h = s
}

func (h *heap) pop() event {
	s := *h
	first, last := s[0], s[len(s)-1]
	s[len(s)-1] = event{}
	s = s[:len(s)-1]
	*h = s
	if len(s) == 0 {
		return first
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= len(s) {
			break
		}
		if child+1 < len(s) && s[child+1].before(s[child]) {
			child++
		}
		if !s[child].before(last) {
			break
		}
		s[i], i = s[child], child
	}
	s[i] = last
	return first
}

// queue is a first-in-first-out queue of events.
type queue struct {
	events []event
	head   int
}

func (q *queue) empty() bool { return q.head == len(q.events) }

func (q *queue) push(e event) { q.events = append(q.events, e) }

func (q *queue) pop() event {
	e := q.events[q.head]
	q.events[q.head] = event{}
	if q.head++; q.empty() {
		q.events, q.head = q.events[:0], 0
	}
	return e
}
