// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package aggregate

import (
	"plutino/sdk/internal/abi"
)

// Guest: SQL aggregate functions. Values are added to accumulations: one for each group (and window) of each place, which the host
// numbers. Numbers are small, unique in the instance whatever the function, and used again after `drop`: an index of an array. One
// instance may serve all uses in one rule. Calls do not overlap. After a trap a new instance begins with prepare and restore.
type Plugin interface {
	// As `scalar.functions`.
	Aggregates() []abi.Accumulator
	// As `scalar.prepare`.
	Prepare(index uint32, place uint32, args []abi.Argument) error
	// Adds rows: row i to the accumulation `groups[i]`, which begins empty when it is not there. The failures are of rows that were not added.
	// After an error of the whole batch the host drops these accumulations, and their groups fail.
	Add(index uint32, place uint32, groups []uint32, args []abi.Column) ([]abi.Failure, error)
	// Takes out rows that were added. Called only if `removes`. Errors as in `add`.
	Remove(index uint32, place uint32, groups []uint32, args []abi.Column) ([]abi.Failure, error)
	// Adds what is in `sources[i]` to `targets[i]`, and drops `sources[i]`. Called only if `merges`.
	Merge(index uint32, place uint32, targets []uint32, sources []uint32) error
	// The results of accumulations, in their order; that of one which is not there is the result of no rows. They go on afterwards. The
	// `row` of a failure is the place in `groups`.
	Finish(index uint32, place uint32, groups []uint32) (abi.Results, error)
	// Forgets accumulations, also such as are not there.
	Drop(groups []uint32)
	// For a checkpoint: what is in accumulations, as bytes that `restore` understands, also of a later version. Only those that were changed
	// are asked for.
	Save(index uint32, place uint32, groups []uint32) ([][]uint8, error)
	// Sets accumulations to what `save` gave. After prepare and before the first add. An error stops the rule; at an update of the plugin it
	// rolls the update back.
	Restore(index uint32, place uint32, groups []uint32, states [][]uint8) error
}

var plugin Plugin

// Register says which plugin the host calls. Call it in the main package's init.
func Register(p Plugin) { plugin = p }

//go:wasmexport plutino:plugin/aggregate@1.0.0#aggregates
func exportAggregates() uint32 {
	v := plugin.Aggregates()
	result := abi.Alloc(8, 4)
	abi.Keep(v)
	abi.LowerAccumulatorList(result, v)
	return result
}

//go:wasmexport cabi_post_plutino:plugin/aggregate@1.0.0#aggregates
func postAggregates(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/aggregate@1.0.0#prepare
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

//go:wasmexport cabi_post_plutino:plugin/aggregate@1.0.0#prepare
func postPrepare(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/aggregate@1.0.0#add
func exportAdd(p0_0 uint32, p1_0 uint32, p2_0 uint32, p2_1 uint32, p3_0 uint32, p3_1 uint32) uint32 {
	a0 := uint32(p0_0)
	a1 := uint32(p1_0)
	a2p := abi.Alloc(8, 4)
	abi.Store(a2p, uint32(p2_0))
	abi.Store(a2p+4, uint32(p2_1))
	a2 := abi.LiftU32List(a2p)
	a3p := abi.Alloc(8, 4)
	abi.Store(a3p, uint32(p3_0))
	abi.Store(a3p+4, uint32(p3_1))
	a3 := abi.LiftColumnList(a3p)
	v, err := plugin.Add(a0, a1, a2, a3)
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
	abi.LowerFailureList(result+4, v)
	return result
}

//go:wasmexport cabi_post_plutino:plugin/aggregate@1.0.0#add
func postAdd(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/aggregate@1.0.0#remove
func exportRemove(p0_0 uint32, p1_0 uint32, p2_0 uint32, p2_1 uint32, p3_0 uint32, p3_1 uint32) uint32 {
	a0 := uint32(p0_0)
	a1 := uint32(p1_0)
	a2p := abi.Alloc(8, 4)
	abi.Store(a2p, uint32(p2_0))
	abi.Store(a2p+4, uint32(p2_1))
	a2 := abi.LiftU32List(a2p)
	a3p := abi.Alloc(8, 4)
	abi.Store(a3p, uint32(p3_0))
	abi.Store(a3p+4, uint32(p3_1))
	a3 := abi.LiftColumnList(a3p)
	v, err := plugin.Remove(a0, a1, a2, a3)
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
	abi.LowerFailureList(result+4, v)
	return result
}

//go:wasmexport cabi_post_plutino:plugin/aggregate@1.0.0#remove
func postRemove(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/aggregate@1.0.0#merge
func exportMerge(p0_0 uint32, p1_0 uint32, p2_0 uint32, p2_1 uint32, p3_0 uint32, p3_1 uint32) uint32 {
	a0 := uint32(p0_0)
	a1 := uint32(p1_0)
	a2p := abi.Alloc(8, 4)
	abi.Store(a2p, uint32(p2_0))
	abi.Store(a2p+4, uint32(p2_1))
	a2 := abi.LiftU32List(a2p)
	a3p := abi.Alloc(8, 4)
	abi.Store(a3p, uint32(p3_0))
	abi.Store(a3p+4, uint32(p3_1))
	a3 := abi.LiftU32List(a3p)
	err := plugin.Merge(a0, a1, a2, a3)
	result := abi.Alloc(28, 4)
	if err != nil {
		abi.Store(result, uint8(1))
		fault := abi.ErrorOf(err)
		abi.Keep(fault)
		abi.LowerError(result+4, fault)
		return result
	}
	abi.Store(result, uint8(0))
	return result
}

//go:wasmexport cabi_post_plutino:plugin/aggregate@1.0.0#merge
func postMerge(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/aggregate@1.0.0#finish
func exportFinish(p0_0 uint32, p1_0 uint32, p2_0 uint32, p2_1 uint32) uint32 {
	a0 := uint32(p0_0)
	a1 := uint32(p1_0)
	a2p := abi.Alloc(8, 4)
	abi.Store(a2p, uint32(p2_0))
	abi.Store(a2p+4, uint32(p2_1))
	a2 := abi.LiftU32List(a2p)
	v, err := plugin.Finish(a0, a1, a2)
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

//go:wasmexport cabi_post_plutino:plugin/aggregate@1.0.0#finish
func postFinish(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/aggregate@1.0.0#drop
func exportDrop(p0_0 uint32, p0_1 uint32) {
	a0p := abi.Alloc(8, 4)
	abi.Store(a0p, uint32(p0_0))
	abi.Store(a0p+4, uint32(p0_1))
	a0 := abi.LiftU32List(a0p)
	plugin.Drop(a0)
	abi.Reset()
}

//go:wasmexport plutino:plugin/aggregate@1.0.0#save
func exportSave(p0_0 uint32, p1_0 uint32, p2_0 uint32, p2_1 uint32) uint32 {
	a0 := uint32(p0_0)
	a1 := uint32(p1_0)
	a2p := abi.Alloc(8, 4)
	abi.Store(a2p, uint32(p2_0))
	abi.Store(a2p+4, uint32(p2_1))
	a2 := abi.LiftU32List(a2p)
	v, err := plugin.Save(a0, a1, a2)
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
	abi.LowerU8ListList(result+4, v)
	return result
}

//go:wasmexport cabi_post_plutino:plugin/aggregate@1.0.0#save
func postSave(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/aggregate@1.0.0#restore
func exportRestore(p0_0 uint32, p1_0 uint32, p2_0 uint32, p2_1 uint32, p3_0 uint32, p3_1 uint32) uint32 {
	a0 := uint32(p0_0)
	a1 := uint32(p1_0)
	a2p := abi.Alloc(8, 4)
	abi.Store(a2p, uint32(p2_0))
	abi.Store(a2p+4, uint32(p2_1))
	a2 := abi.LiftU32List(a2p)
	a3p := abi.Alloc(8, 4)
	abi.Store(a3p, uint32(p3_0))
	abi.Store(a3p+4, uint32(p3_1))
	a3 := abi.LiftU8ListList(a3p)
	err := plugin.Restore(a0, a1, a2, a3)
	result := abi.Alloc(28, 4)
	if err != nil {
		abi.Store(result, uint8(1))
		fault := abi.ErrorOf(err)
		abi.Keep(fault)
		abi.LowerError(result+4, fault)
		return result
	}
	abi.Store(result, uint8(0))
	return result
}

//go:wasmexport cabi_post_plutino:plugin/aggregate@1.0.0#restore
func postRestore(uint32) { abi.Reset() }
