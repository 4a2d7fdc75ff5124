package abi

import "unsafe"

const (
	// Texts up to this length share pieces of memory: one that a plugin keeps does not hold more than a piece.
	shortText = 64
	pieceSize = 504
)

var (
	piece = new([pieceSize + 8]byte)
	taken uint32
)

// LiftString copies a text out of the arena. It stays as it is for as long as somebody has it: no byte of a piece is given twice.
func LiftString(p uint32) string {
	q, n := Load[uint32](p), Load[uint32](p+4)
	if n > shortText {
		return string(bytes(q, n))
	}
	if n == 0 {
		return ""
	}
	if taken+n > pieceSize {
		piece, taken = new([pieceSize + 8]byte), 0
	}
	to := unsafe.Pointer(&piece[taken])
	taken += n
	// Whole words: what is written behind the text is not given yet.
	for i := uint32(0); i < n; i += 8 {
		*(*uint64)(unsafe.Add(to, i)) = Load[uint64](q + i)
	}
	return unsafe.String((*byte)(to), n)
}

// LiftTexts copies a list of texts out of the arena: short ones that lie one behind the other together.
func LiftTexts(p uint32) []string {
	q, n := Load[uint32](p), Load[uint32](p+4)
	v := make([]string, n)
	for rest := v; len(rest) > 0; {
		count, size := run(q, len(rest))
		text := string(bytes(Load[uint32](q), size))
		for i := range rest[:count] {
			length := Load[uint32](q + 4)
			rest[i], text = text[:length], text[length:]
			q += 8
		}
		rest = rest[count:]
	}
	return v
}

// run says how many texts of the n at q lie one behind the other, at least one, and how many bytes they have: a piece at most, if they are several.
func run(q uint32, n int) (count int, size uint32) {
	end, size := Load[uint32](q), Load[uint32](q+4)
	end += size
	for count = 1; count < n && size < pieceSize; count++ {
		q += 8
		length := Load[uint32](q + 4)
		if Load[uint32](q) != end || length == 0 || length > pieceSize-size {
			break
		}
		size += length
		end += length
	}
	return count, size
}

// boxText makes an interface of a text. Long ones stand alone, so that one that a plugin keeps does not hold others.
func boxText[T ~string](of *slab[T], text T) any {
	if len(text) > shortText {
		return text
	}
	return of.box(text)
}
