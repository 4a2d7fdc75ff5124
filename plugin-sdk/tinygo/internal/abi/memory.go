// Package abi speaks the Canonical ABI for plutino:plugin by explicit 32-bit offsets, so that the same code builds with
// TinyGo, whose pointers are 32 bits wide, and with Go's own compiler, whose pointers are 64 bits wide in WebAssembly.
package abi

import "unsafe"

// Everything that crosses the border lives in an arena until the host has read it. The arena is always reachable, so that a
// collection between two calls of the host cannot free an argument.
var (
	block = make([]uint64, 8192)
	used  uint32
	held  [][]uint64
)

// Alloc gives memory that lives until Reset.
func Alloc(size, align uint32) uint32 {
	if size == 0 {
		return align
	}
	used = (used + align - 1) &^ (align - 1)
	if uint64(used)+uint64(size) <= uint64(len(block))*8 {
		p := address(unsafe.Pointer(&block[0])) + used
		used += size
		return p
	}
	big := make([]uint64, (uint64(size)+7)/8)
	held = append(held, big)
	return address(unsafe.Pointer(&big[0]))
}

// Reset gives back what the last call used.
func Reset() {
	used = 0
	clear(held)
	held = held[:0]
}

// State of the arena before a call of the host.
type State struct {
	used uint32
	held int
}

// Mark and Release bracket a call of the host: what it needed is of no use afterwards.
func Mark() State { return State{used, len(held)} }

// Release gives back what was used since Mark.
func Release(s State) {
	used = s.used
	clear(held[s.held:])
	held = held[:s.held]
}

//go:wasmexport cabi_realloc
func realloc(old, oldSize, align, size uint32) uint32 {
	p := Alloc(size, align)
	if oldSize != 0 {
		copy(bytes(p, size), bytes(old, min(size, oldSize)))
	}
	return p
}

type plain interface {
	~uint8 | ~int8 | ~uint16 | ~int16 | ~uint32 | ~int32 | ~uint64 | ~int64 | ~float32 | ~float64
}

func address(p unsafe.Pointer) uint32 { return uint32(uintptr(p)) }
func at(p uint32) unsafe.Pointer      { return unsafe.Pointer(uintptr(p)) }
func bytes(p, n uint32) []byte        { return unsafe.Slice((*byte)(at(p)), n) }

// Load reads a number.
func Load[T plain](p uint32) T { return *(*T)(at(p)) }

// Store writes a number.
func Store[T plain](p uint32, v T) { *(*T)(at(p)) = v }

// PutBool writes a truth value.
func PutBool(p uint32, v bool) {
	if v {
		Store(p, uint8(1))
	} else {
		Store(p, uint8(0))
	}
}

// LiftString copies a text out of the memory.
func LiftString(p uint32) string { return string(bytes(Load[uint32](p), Load[uint32](p+4))) }

// LowerString copies a text into the memory, and its place to p.
func LowerString(p uint32, s string) {
	q, n := FlatString(s)
	Store(p, q)
	Store(p+4, n)
}

// FlatString copies a text into the memory.
func FlatString(s string) (uint32, uint32) {
	n := uint32(len(s))
	q := Alloc(n, 1)
	copy(bytes(q, n), s)
	return q, n
}

// LiftPlain copies a list of numbers.
func LiftPlain[T plain](p uint32) []T {
	return append(make([]T, 0, Load[uint32](p+4)), unsafe.Slice((*T)(at(Load[uint32](p))), Load[uint32](p+4))...)
}

// LowerPlain copies a list of numbers.
func LowerPlain[T plain](p uint32, v []T, size, align uint32) {
	n := uint32(len(v))
	q := Alloc(n*size, align)
	copy(unsafe.Slice((*T)(at(q)), n), v)
	Store(p, q)
	Store(p+4, n)
}
