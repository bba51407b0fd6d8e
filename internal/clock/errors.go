package clock

import "fmt"

// PanicError is the panic of a task.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack)
}

// DeadlockError says that tasks are parked and nothing is due that could wake
// them.
type DeadlockError struct{ Parked int }

func (e *DeadlockError) Error() string {
	return fmt.Sprintf("deadlock: %d parked task(s), and nothing is due that could wake them", e.Parked)
}
