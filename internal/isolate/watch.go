package isolate

// Running tells whoever watches from outside of the clock which macrotask the script is in:
// a number that no other macrotask of the isolate has; 0 where it is in none.
func (i *Isolate) Running() uint64 {
	if n := i.tasks.Load(); n%2 == 1 {
		return n
	}
	return 0
}

// Progress tells them how many macrotasks and how many invocations have ended. A script that
// waits for one timer after the other has macrotasks without an end, and no invocation that ends.
func (i *Isolate) Progress() (tasks, invocations uint64) { return i.tasks.Load() / 2, i.done.Load() }

// Interrupt ends the macrotask that the script is in, as soon as it can be: a loop can, a
// regular expression can't. The isolate is of no use after it.
func (i *Isolate) Interrupt(why error) { i.vm.Interrupt(why) }

// Interrupted is where the script was when it was interrupted; nil where it was not, or that
// is not known yet.
func (i *Isolate) Interrupted() *Exception { return i.interrupted.Load() }
