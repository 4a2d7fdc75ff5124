package main

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"plutino/sdk"
)

// What reciteTexts and reciteValues have been called with, to see that it stays as it was.
type functions struct {
	texts  []string
	values []sdk.Value
}

func (*functions) Functions() []sdk.Signature {
	number := func(name string) sdk.Parameter { return sdk.Parameter{Name: name, Accepts: sdk.ValueTypeFloat} }
	text := []sdk.Parameter{{Name: "value", Accepts: sdk.ValueTypeText}}
	return []sdk.Signature{
		{
			Name:       "norm4",
			Doc:        "Length of a vector of four numbers.",
			Parameters: []sdk.Parameter{number("a"), number("b"), number("c"), number("d")},
			Returns:    sdk.ValueTypeFloat,
		},
		{Name: "shout", Doc: "Upper case.", Parameters: text, Returns: sdk.ValueTypeText},
		{
			Name:       "crash",
			Doc:        "Panics at the text boom, and gives every other one back.",
			Parameters: text,
			Returns:    sdk.ValueTypeText,
			Effect:     sdk.EffectVolatile,
		},
		{
			Name:       "reciteTexts",
			Doc:        "The texts of the first batches, in their order.",
			Parameters: text,
			Returns:    sdk.ValueTypeText,
			Effect:     sdk.EffectStateful,
		},
		{
			Name:       "reciteValues",
			Doc:        "The values of the first batches as Go shows them, in their order.",
			Parameters: []sdk.Parameter{{Name: "value", Accepts: sdk.ValueTypeAny}},
			Returns:    sdk.ValueTypeText,
			Nulls:      sdk.NullRuleCall,
			Effect:     sdk.EffectStateful,
		},
	}
}

func (*functions) Prepare(uint32, uint32, []sdk.Argument) error { return nil }

func (f *functions) Exec(index, _, rows uint32, args []sdk.Column) (sdk.Results, error) {
	if index == 0 {
		return norm4(args)
	}
	if index == 4 {
		f.values = append(f.values, args[0].([]sdk.Value)...)
		out := make([]string, rows)
		for i := range out {
			out[i] = fmt.Sprintf("%T %v", f.values[i], f.values[i])
		}
		return sdk.Results{Values: out}, nil
	}
	texts, ok := args[0].([]string)
	if !ok {
		return sdk.Results{}, errors.New("expected a column of texts")
	}
	if index == 3 {
		f.texts = append(f.texts, texts...)
		return sdk.Results{Values: f.texts[:rows]}, nil
	}
	out := make([]string, len(texts))
	for i, text := range texts {
		if index == 1 {
			out[i] = strings.ToUpper(text)
			continue
		}
		if text == "boom" {
			panic("the guest was told to: " + text)
		}
		out[i] = text
	}
	return sdk.Results{Values: out}, nil
}

func norm4(args []sdk.Column) (sdk.Results, error) {
	var columns [4][]float64
	for i := range columns {
		column, ok := args[i].([]float64)
		if !ok {
			return sdk.Results{}, errors.New("expected four columns of floats")
		}
		columns[i] = column
	}
	out := make([]float64, len(columns[0]))
	for i := range out {
		sum := 0.0
		for _, column := range columns {
			sum += column[i] * column[i]
		}
		out[i] = math.Sqrt(sum)
	}
	return sdk.Results{Values: out}, nil
}
