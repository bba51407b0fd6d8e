package scenarios

import "sync"

// crowd tells each of the fetches of one key how many there were at once while it
// was in flight. Once it has grown it allocates nothing.
type crowd struct {
	mu     sync.Mutex
	inside int
	most   []int // of each that is inside, how many were since it came; 0: a free place
}

// join begins a fetch. What it returns goes to leave.
func (c *crowd) join() (place int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inside++
	place = len(c.most)
	for i, most := range c.most {
		if most == 0 {
			place = min(place, i)
		} else {
			c.most[i] = max(most, c.inside)
		}
	}
	if place == len(c.most) {
		c.most = append(c.most, 0)
	}
	c.most[place] = c.inside
	return place
}

// leave ends a fetch and returns how many there were at once, at most, while it
// was in flight: 1 when it was alone.
func (c *crowd) leave(place int) (most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inside--
	most, c.most[place] = c.most[place], 0
	return most
}
