// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package scalar

import (
	"plutino/sdk/internal/abi"
)

// Guest: SQL functions that give one value for each row. The uses in one rule may share an instance. Calls do not overlap. A trap, or an error of
// the whole batch, is the error of each of its rows; after a trap a new instance begins with prepare (and restore of `checkpoint`).
type Plugin interface {
	// At installation, in an instance that is thrown away, without imports but `log`. Always the same answer: later calls name a function
	// by its index in this list.
	Functions() []abi.Signature
	// When a rule starts, once for each place in its statement that uses the function. `place` numbers them from 0, the same for the same
	// statement. The number and the types of the arguments were checked. The text says what is wrong with the arguments and stops the
	// rule. A good place to prepare what depends on constants.
	Prepare(index uint32, place uint32, args []abi.Argument) error
	// Results of `rows` rows of one place, in their order. `args` has a column for each argument of that place, of `rows` values each.
	Exec(index uint32, place uint32, rows uint32, args []abi.Column) (abi.Results, error)
}

var plugin Plugin

// Register says which plugin the host calls. Call it in the main package's init.
func Register(p Plugin) { plugin = p }

//go:wasmexport plutino:plugin/scalar@1.0.0#functions
func exportFunctions() uint32 {
	v := plugin.Functions()
	result := abi.Alloc(8, 4)
	abi.Keep(v)
	abi.LowerSignatureList(result, v)
	return result
}

//go:wasmexport cabi_post_plutino:plugin/scalar@1.0.0#functions
func postFunctions(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/scalar@1.0.0#prepare
func exportPrepare(p0_0 uint32, p1_0 uint32, p2_0 uint32, p2_1 uint32) uint32 {
	a0 := uint32(p0_0)
	a1 := uint32(p1_0)
	a2p := abi.Alloc(8, 4)
	abi.Store(a2p, uint32(p2_0))
	abi.Store(a2p+4, uint32(p2_1))
	a2 := abi.LiftArgumentList(a2p)
	err := plugin.Prepare(a0, a1, a2)
	result := abi.Alloc(12, 4)
	if err != nil {
		abi.Store(result, uint8(1))
		fault := err.Error()
		abi.Keep(fault)
		abi.LowerString(result+4, fault)
		return result
	}
	abi.Store(result, uint8(0))
	return result
}

//go:wasmexport cabi_post_plutino:plugin/scalar@1.0.0#prepare
func postPrepare(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/scalar@1.0.0#exec
func exportExec(p0_0 uint32, p1_0 uint32, p2_0 uint32, p3_0 uint32, p3_1 uint32) uint32 {
	a0 := uint32(p0_0)
	a1 := uint32(p1_0)
	a2 := uint32(p2_0)
	a3p := abi.Alloc(8, 4)
	abi.Store(a3p, uint32(p3_0))
	abi.Store(a3p+4, uint32(p3_1))
	a3 := abi.LiftColumnList(a3p)
	v, err := plugin.Exec(a0, a1, a2, a3)
	result := abi.Alloc(28, 4)
	if err != nil {
		abi.Store(result, uint8(1))
		fault := abi.ErrorOf(err)
		abi.Keep(fault)
		abi.LowerError(result+4, fault)
		return result
	}
	abi.Store(result, uint8(0))
	abi.Keep(v)
	abi.LowerResults(result+4, v)
	return result
}

//go:wasmexport cabi_post_plutino:plugin/scalar@1.0.0#exec
func postExec(uint32) { abi.Reset() }
