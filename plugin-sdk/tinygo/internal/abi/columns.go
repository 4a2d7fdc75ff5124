package abi

// Pair is a tuple of two.
type Pair[A, B any] struct {
	First  A
	Second B
}

// At is the value of one row of a column.
func At(column Column, row int) Value {
	switch list := column.(type) {
	case []float64:
		return slabOfFloat64.box(list[row])
	case []int64:
		return slabOfInt64.box(list[row])
	case []string:
		return boxText(slabOfString, list[row])
	case []Value:
		return list[row]
	}
	panic("this is no column")
}

// Values of rows up to this many share a piece of memory: a row that a plugin keeps does not hold more than a piece.
const pieceOfRows = 128

// roomFor says how many values a new piece has, when a row of count values is the first of so many of them.
func roomFor(count, rows int) int {
	if fitting := pieceOfRows / count; fitting < rows {
		rows = max(fitting, 1)
	}
	return rows * count
}
