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
		return list[row]
	case []int64:
		return list[row]
	case []string:
		return list[row]
	case []Value:
		return list[row]
	}
	panic("this is no column")
}
