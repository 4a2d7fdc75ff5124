package main

import (
	"errors"
	"math"
	"strings"

	"plutino/sdk"
)

type functions struct{}

func (functions) Functions() []sdk.Signature {
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
	}
}

func (functions) Prepare(uint32, uint32, []sdk.Argument) error { return nil }

func (functions) Exec(index, _, rows uint32, args []sdk.Column) (sdk.Results, error) {
	if index == 0 {
		return norm4(args)
	}
	texts, ok := args[0].([]string)
	if !ok {
		return sdk.Results{}, errors.New("expected a column of texts")
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
