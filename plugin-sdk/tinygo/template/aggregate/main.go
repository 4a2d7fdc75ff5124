// What the functions are for.
package main

import (
	"encoding/binary"
	"errors"
	"math"

	"plutino/sdk"
	"plutino/sdk/aggregate"
)

func init() { aggregate.RegisterFunctions(spread) }

func main() {}

var spread = aggregate.Function{
	Signature: sdk.Signature{
		Name:       "spread",
		Doc:        "The greatest value minus the least.",
		Parameters: []sdk.Parameter{{Name: "value", Accepts: sdk.ValueTypeFloat, Doc: "A number."}},
		Returns:    sdk.ValueTypeFloat,
		Nulls:      sdk.NullRuleSkip,
		Effect:     sdk.EffectPure,
	},
	New: func() aggregate.Accumulation { return &bounds{least: math.Inf(1), most: math.Inf(-1)} },
}

// What is known of one group.
type bounds struct{ least, most float64 }

// Add adds a row. The text of an error is that of the row, which then was not added.
func (b *bounds) Add(args []sdk.Value) error {
	value := args[0].(float64)
	b.least, b.most = min(b.least, value), max(b.most, value)
	return nil
}

// Merge adds what another group has seen.
func (b *bounds) Merge(other aggregate.Accumulation) error {
	o := other.(*bounds)
	b.least, b.most = min(b.least, o.least), max(b.most, o.most)
	return nil
}

// Finish gives the result so far; more rows may come.
func (b *bounds) Finish() (sdk.Value, error) {
	if b.least > b.most {
		return nil, nil
	}
	return b.most - b.least, nil
}

// Save is for a checkpoint.
func (b *bounds) Save() []byte {
	state := binary.LittleEndian.AppendUint64(nil, math.Float64bits(b.least))
	return binary.LittleEndian.AppendUint64(state, math.Float64bits(b.most))
}

// Restore sets what Save gave.
func (b *bounds) Restore(state []byte) error {
	if len(state) != 16 {
		return errors.New("a state of spread has 16 bytes")
	}
	b.least = math.Float64frombits(binary.LittleEndian.Uint64(state))
	b.most = math.Float64frombits(binary.LittleEndian.Uint64(state[8:]))
	return nil
}
