//go:build !tinygo

package abi

import "unsafe"

const slabSize = 32

// slab makes interfaces of values that lie side by side, where Go itself allocates memory for each. A place is written once, before the
// interface is made: what a plugin keeps stays as it is.
type slab[T any] struct {
	kind unsafe.Pointer
	free *[slabSize]T
	used int
}

// As an interface lies in memory.
type parts struct{ kind, data unsafe.Pointer }

func newSlab[T any]() *slab[T] {
	var example any = *new(T)
	return &slab[T]{kind: (*parts)(unsafe.Pointer(&example)).kind, used: slabSize}
}

func (s *slab[T]) box(v T) (boxed any) {
	if s.used == slabSize {
		s.free, s.used = new([slabSize]T), 0
	}
	place := &s.free[s.used]
	s.used++
	*place = v
	*(*parts)(unsafe.Pointer(&boxed)) = parts{s.kind, unsafe.Pointer(place)}
	return boxed
}
