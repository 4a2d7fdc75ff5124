package scalar

import (
	"errors"

	"plutino/sdk/internal/abi"
)

// Function is an SQL function that is called row by row.
type Function struct {
	Signature abi.Signature
	// Call gives the value of one row. The text of an error is that of the row alone. place numbers the places of the statement that use
	// the function.
	Call func(place uint32, args []abi.Value) (abi.Value, error)
}

type functions []Function

// RegisterFunctions says which functions the plugin brings. Call it in the main package's init.
func RegisterFunctions(list ...Function) { Register(functions(list)) }

func (f functions) Functions() []abi.Signature {
	signatures := make([]abi.Signature, len(f))
	for i, each := range f {
		signatures[i] = each.Signature
	}
	return signatures
}

func (f functions) Prepare(uint32, uint32, []abi.Argument) error { return nil }

func (f functions) Exec(index, place, rows uint32, args []abi.Column) (abi.Results, error) {
	if int(index) >= len(f) {
		return abi.Results{}, errors.New("there is no such function")
	}
	values := make([]abi.Value, rows)
	var failures []abi.Failure
	row := make([]abi.Value, len(args))
	for i := range values {
		for j, column := range args {
			row[j] = abi.At(column, i)
		}
		value, err := f[index].Call(place, row)
		if err != nil {
			failures = append(failures, abi.Failure{Row: uint32(i), Message: err.Error()})
		}
		values[i] = value
	}
	return abi.Results{Values: values, Failures: failures}, nil
}
