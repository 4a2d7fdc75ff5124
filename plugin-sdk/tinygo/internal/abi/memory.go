// Package abi speaks the Canonical ABI for plutino:plugin by explicit 32-bit offsets, so that the same code builds with
// TinyGo, whose pointers are 32 bits wide, and with Go's own compiler, whose pointers are 64 bits wide in WebAssembly.
package abi

import "unsafe"

const (
	// What most calls need.
	firstBlock = 1 << 16
	// A block that one call needed is kept for the next, unless it is larger.
	largestKept = 1 << 18
	// Blocks double up to this size.
	largestStep = 1 << 20
)

// What the host sends, and the fixed part of what it is sent, lives in an arena of blocks: one after the other within a call. The arena is
// always reachable, so that a collection between two calls of the host cannot free an argument.
var (
	blocks    = [][]uint64{make([]uint64, firstBlock/8)}
	next, end = bounds(blocks[0])
	// What the host reads where it is: texts and lists that are lowered by their place alone.
	kept []any
)

// bounds leaves the last word free: short texts are read by words, beyond their end.
func bounds(block []uint64) (uint32, uint32) {
	p := address(unsafe.Pointer(&block[0]))
	return p, p + uint32(len(block)-1)*8
}

// Alloc gives memory that lives until Reset.
func Alloc(size, align uint32) uint32 {
	p := (next + align - 1) &^ (align - 1)
	if uint64(p)+uint64(size) > uint64(end) || size == 0 {
		return allocSlowly(size, align)
	}
	next = p + size
	return p
}

//go:noinline
func allocSlowly(size, align uint32) uint32 {
	if size == 0 {
		return align
	}
	wanted := max(uint64(size)+15, min(uint64(len(blocks[len(blocks)-1]))*16, largestStep))
	block := make([]uint64, wanted/8)
	blocks = append(blocks, block)
	p, limit := bounds(block)
	next, end = p+size, limit
	return p
}

// Keep holds what is lowered until Reset: it cannot be freed, and lies where it stays. To be called before a value is lowered that has
// texts or lists, as the host reads those where they are.
func Keep(value any) { kept = append(kept, value) }

// Reset gives back what the last call used.
func Reset() {
	last := blocks[len(blocks)-1]
	if len(blocks) > 1 {
		if len(last)*8 > largestKept {
			last = blocks[0]
		}
		clear(blocks)
		blocks = append(blocks[:0], last)
	}
	next, end = bounds(last)
	clear(kept)
	kept = kept[:0]
}

// State of the arena before a call of the host.
type State struct {
	next, end    uint32
	blocks, kept int
}

// Mark and Release bracket a call of the host: what it needed is of no use afterwards.
func Mark() State { return State{next, end, len(blocks), len(kept)} }

// Release gives back what was used since Mark.
func Release(s State) {
	next, end = s.next, s.end
	clear(blocks[s.blocks:])
	blocks = blocks[:s.blocks]
	clear(kept[s.kept:])
	kept = kept[:s.kept]
}

//go:wasmexport cabi_realloc
func realloc(old, oldSize, align, size uint32) uint32 {
	// As Alloc, which is not inlined: the host calls this for every text.
	p := (next + align - 1) &^ (align - 1)
	if oldSize == 0 && size != 0 && uint64(p)+uint64(size) <= uint64(end) {
		next = p + size
		return p
	}
	return reallocSlowly(old, oldSize, align, size)
}

//go:noinline
func reallocSlowly(old, oldSize, align, size uint32) uint32 {
	p := Alloc(size, align)
	copy(bytes(p, size), bytes(old, min(size, oldSize)))
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

// LowerString puts the place of a text, which is kept, to p.
func LowerString(p uint32, s string) {
	q, n := FlatString(s)
	Store(p, q)
	Store(p+4, n)
}

// FlatString is the place of a text, which is kept.
func FlatString(s string) (uint32, uint32) {
	if len(s) == 0 {
		return 1, 0
	}
	return address(unsafe.Pointer(unsafe.StringData(s))), uint32(len(s))
}

// LiftPlain copies a list of numbers.
func LiftPlain[T plain](p uint32) []T {
	return append(make([]T, 0, Load[uint32](p+4)), unsafe.Slice((*T)(at(Load[uint32](p))), Load[uint32](p+4))...)
}

// LowerPlain puts the place of a list of numbers, which is kept, to p.
func LowerPlain[T plain](p uint32, v []T, align uint32) {
	q := align
	if len(v) > 0 {
		q = address(unsafe.Pointer(&v[0]))
	}
	Store(p, q)
	Store(p+4, uint32(len(v)))
}
