// The three classic examples of function plugins: echo, countPlusOne and accumulateWordCount.
package main

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"plutino/sdk"
	"plutino/sdk/aggregate"
	"plutino/sdk/host/state"
	"plutino/sdk/scalar"
)

func init() {
	scalar.RegisterFunctions(echo, accumulateWordCount)
	aggregate.RegisterFunctions(countPlusOne)
}

func main() {}

var echo = scalar.Function{
	Signature: sdk.Signature{
		Name:       "echo",
		Doc:        "The value.",
		Parameters: []sdk.Parameter{{Name: "value", Accepts: sdk.ValueTypeAny, Doc: "Anything."}},
		Returns:    sdk.ValueTypeAny,
		Nulls:      sdk.NullRuleCall,
		Effect:     sdk.EffectPure,
	},
	Call: func(_ uint32, args []sdk.Value) (sdk.Value, error) { return args[0], nil },
}

var accumulateWordCount = scalar.Function{
	Signature: sdk.Signature{
		Name: "accumulateWordCount",
		Doc:  "How many words there were in all rows up to this one.",
		Parameters: []sdk.Parameter{
			{Name: "text", Accepts: sdk.ValueTypeText, Doc: "A text."},
			{Name: "separator", Accepts: sdk.ValueTypeText, Doc: "What stands between two words."},
		},
		Returns: sdk.ValueTypeInt,
		Nulls:   sdk.NullRuleSkip,
		Effect:  sdk.EffectStateful,
	},
	// The count is kept by the host, so that it goes on after a restart; each place of a statement has its own.
	Call: func(place uint32, args []sdk.Value) (sdk.Value, error) {
		words, separator := args[0].(string), args[1].(string)
		if separator == "" {
			return nil, errors.New("the separator must not be empty")
		}
		return state.Increment("words/"+strconv.Itoa(int(place)), int64(strings.Count(words, separator)+1)), nil
	},
}

var countPlusOne = aggregate.Function{
	Signature: sdk.Signature{
		Name:       "countPlusOne",
		Doc:        "One more than the number of rows.",
		Parameters: []sdk.Parameter{{Name: "value", Accepts: sdk.ValueTypeAny, Doc: "Anything."}},
		Returns:    sdk.ValueTypeInt,
		Nulls:      sdk.NullRuleCall,
		Effect:     sdk.EffectPure,
	},
	New: func() aggregate.Accumulation { return new(counter) },
}

type counter int64

func (c *counter) Add([]sdk.Value) error      { *c++; return nil }
func (c *counter) Remove([]sdk.Value) error   { *c--; return nil }
func (c *counter) Finish() (sdk.Value, error) { return int64(*c) + 1, nil }
func (c *counter) Save() []byte               { return binary.LittleEndian.AppendUint64(nil, uint64(*c)) }

func (c *counter) Merge(other aggregate.Accumulation) error {
	*c += *other.(*counter)
	return nil
}

func (c *counter) Restore(saved []byte) error {
	if len(saved) != 8 {
		return errors.New("a state of countPlusOne has 8 bytes, got " + strconv.Itoa(len(saved)))
	}
	*c = counter(binary.LittleEndian.Uint64(saved))
	return nil
}
