// What the functions are for.
package main

import (
	"math"
	"strings"

	"plutino/sdk"
	"plutino/sdk/scalar"
)

func init() { scalar.RegisterFunctions(slug, distance) }

func main() {}

// Statements are checked by the signature. Call is called for each row; the text of an error is that of the row.
var slug = scalar.Function{
	Signature: sdk.Signature{
		Name:       "slug",
		Doc:        "A text as part of a URL: lower case, with dashes.",
		Parameters: []sdk.Parameter{{Name: "text", Accepts: sdk.ValueTypeText, Doc: "Any text."}},
		Returns:    sdk.ValueTypeText,
		Nulls:      sdk.NullRuleSkip,
		Effect:     sdk.EffectPure,
	},
	Call: func(_ uint32, args []sdk.Value) (sdk.Value, error) {
		text := strings.ToLower(strings.TrimSpace(args[0].(string)))
		return strings.ReplaceAll(text, " ", "-"), nil
	},
}

var distance = scalar.Function{
	Signature: sdk.Signature{
		Name: "distance",
		Doc:  "How far a point is from the origin.",
		Parameters: []sdk.Parameter{
			{Name: "x", Accepts: sdk.ValueTypeFloat, Doc: "To the right."},
			{Name: "y", Accepts: sdk.ValueTypeFloat, Doc: "Up."},
		},
		Returns: sdk.ValueTypeFloat,
		Nulls:   sdk.NullRuleSkip,
		Effect:  sdk.EffectPure,
	},
	Call: func(_ uint32, args []sdk.Value) (sdk.Value, error) {
		return math.Hypot(args[0].(float64), args[1].(float64)), nil
	},
}
