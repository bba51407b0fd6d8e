package fault

import "kvbench/kv"

// The optional interfaces of a store, as bits.
const (
	located = 1 << iota
	getter
	putter
	settler
)

// with returns v together with the optional interfaces that its store has; at is
// nil where that is not kv.Located. It is a table, because what methods a value
// has is settled when the program is compiled.
func (v *view) with(at *places) kv.Store {
	has := 0
	add := func(bit int, ok bool) {
		if ok {
			has |= bit
		}
	}
	get, put := bulkGetter{view: v}, bulkPutter{view: v}
	var ok bool
	add(located, at != nil)
	get.store, ok = v.store.(kv.BulkGetter)
	add(getter, ok)
	put.store, ok = v.store.(kv.BulkPutter)
	add(putter, ok)
	settle, ok := v.store.(kv.Settler)
	add(settler, ok)
	switch has {
	case located:
		return struct {
			*view
			*places
		}{v, at}
	case getter:
		return struct {
			*view
			bulkGetter
		}{v, get}
	case located | getter:
		return struct {
			*view
			*places
			bulkGetter
		}{v, at, get}
	case putter:
		return struct {
			*view
			bulkPutter
		}{v, put}
	case located | putter:
		return struct {
			*view
			*places
			bulkPutter
		}{v, at, put}
	case getter | putter:
		return struct {
			*view
			bulkGetter
			bulkPutter
		}{v, get, put}
	case located | getter | putter:
		return struct {
			*view
			*places
			bulkGetter
			bulkPutter
		}{v, at, get, put}
	case settler:
		return struct {
			*view
			kv.Settler
		}{v, settle}
	case located | settler:
		return struct {
			*view
			*places
			kv.Settler
		}{v, at, settle}
	case getter | settler:
		return struct {
			*view
			bulkGetter
			kv.Settler
		}{v, get, settle}
	case located | getter | settler:
		return struct {
			*view
			*places
			bulkGetter
			kv.Settler
		}{v, at, get, settle}
	case putter | settler:
		return struct {
			*view
			bulkPutter
			kv.Settler
		}{v, put, settle}
	case located | putter | settler:
		return struct {
			*view
			*places
			bulkPutter
			kv.Settler
		}{v, at, put, settle}
	case getter | putter | settler:
		return struct {
			*view
			bulkGetter
			bulkPutter
			kv.Settler
		}{v, get, put, settle}
	case located | getter | putter | settler:
		return struct {
			*view
			*places
			bulkGetter
			bulkPutter
			kv.Settler
		}{v, at, get, put, settle}
	}
	return v
}
