package aggregate

import (
	"errors"

	"plutino/sdk/internal/abi"
)

// Accumulation gathers the rows of one group.
type Accumulation interface {
	// Add adds a row. An error is that of the row, which then was not added.
	Add(args []abi.Value) error
	// Finish gives the result of the rows so far; more may come afterwards.
	Finish() (abi.Value, error)
	// Save gives bytes that Restore understands, also in a later version.
	Save() []byte
	// Restore sets what Save gave.
	Restore(state []byte) error
}

// Remover is an Accumulation that can take rows out again.
type Remover interface{ Remove(args []abi.Value) error }

// Merger is an Accumulation that can add what another of its kind has gathered.
type Merger interface {
	Merge(other Accumulation) error
}

// Function is an SQL aggregate function.
type Function struct {
	Signature abi.Signature
	// New begins a group.
	New func() Accumulation
}

type accumulations struct {
	functions []Function
	groups    []Accumulation
}

// RegisterFunctions says which aggregate functions the plugin brings. Call it in the main package's init.
func RegisterFunctions(list ...Function) { Register(&accumulations{functions: list}) }

func (a *accumulations) Aggregates() []abi.Accumulator {
	list := make([]abi.Accumulator, len(a.functions))
	for i, each := range a.functions {
		example := each.New()
		_, removes := example.(Remover)
		_, merges := example.(Merger)
		list[i] = abi.Accumulator{Signature: each.Signature, Removes: removes, Merges: merges}
	}
	return list
}

func (a *accumulations) Prepare(uint32, uint32, []abi.Argument) error { return nil }

func (a *accumulations) Add(index, _ uint32, groups []uint32, args []abi.Column) ([]abi.Failure, error) {
	return a.each(index, groups, args, func(group Accumulation, row []abi.Value) error { return group.Add(row) })
}

func (a *accumulations) Remove(index, _ uint32, groups []uint32, args []abi.Column) ([]abi.Failure, error) {
	return a.each(index, groups, args, func(group Accumulation, row []abi.Value) error {
		remover, ok := group.(Remover)
		if !ok {
			return errors.New("rows cannot be taken out")
		}
		return remover.Remove(row)
	})
}

func (a *accumulations) Merge(index, _ uint32, targets, sources []uint32) error {
	for i, target := range targets {
		merger, ok := a.group(index, target).(Merger)
		if !ok {
			return errors.New("groups cannot be merged")
		}
		if err := merger.Merge(a.group(index, sources[i])); err != nil {
			return err
		}
	}
	a.Drop(sources)
	return nil
}

func (a *accumulations) Finish(index, _ uint32, groups []uint32) (abi.Results, error) {
	values := make([]abi.Value, len(groups))
	var failures []abi.Failure
	for i, number := range groups {
		value, err := a.group(index, number).Finish()
		if err != nil {
			failures = append(failures, abi.Failure{Row: uint32(i), Message: err.Error()})
		}
		values[i] = value
	}
	return abi.Results{Values: values, Failures: failures}, nil
}

func (a *accumulations) Drop(groups []uint32) {
	for _, number := range groups {
		if int(number) < len(a.groups) {
			a.groups[number] = nil
		}
	}
}

func (a *accumulations) Save(index, _ uint32, groups []uint32) ([][]byte, error) {
	states := make([][]byte, len(groups))
	for i, number := range groups {
		states[i] = a.group(index, number).Save()
	}
	return states, nil
}

func (a *accumulations) Restore(index, _ uint32, groups []uint32, states [][]byte) error {
	for i, number := range groups {
		if err := a.group(index, number).Restore(states[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *accumulations) group(index, number uint32) Accumulation {
	for int(number) >= len(a.groups) {
		a.groups = append(a.groups, nil)
	}
	if a.groups[number] == nil {
		a.groups[number] = a.functions[index].New()
	}
	return a.groups[number]
}

func (a *accumulations) each(index uint32, groups []uint32, args []abi.Column, do func(Accumulation, []abi.Value) error) ([]abi.Failure, error) {
	var failures []abi.Failure
	row := make([]abi.Value, len(args))
	for i, number := range groups {
		for j, column := range args {
			row[j] = abi.At(column, i)
		}
		if err := do(a.group(index, number), row); err != nil {
			failures = append(failures, abi.Failure{Row: uint32(i), Message: err.Error()})
		}
	}
	return failures, nil
}
