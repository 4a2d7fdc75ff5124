// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package checkpoint

import (
	"plutino/sdk/internal/abi"
)

// Guest: what an instance keeps in memory, as one piece of bytes. Any plugin may export it beside its kind; without it, what is in memory is
// lost when an instance ends, and only `state` stays. It is what carries memory over a restart of the rule and over an update of the plugin.
type Plugin interface {
	// With every checkpoint of the rule and before an update, between two other calls. Changes nothing. An error lets the checkpoint fail:
	// it is logged, the rule goes on, and a restart goes back to the one before.
	Snapshot() ([]uint8, error)
	// After `configure` or `prepare` and before `open` or the first `exec`, when there is a snapshot; it may come from an older version of the
	// plugin, so let it begin with a number of its form. An error stops the rule; at an update of the plugin it rolls the update back.
	Restore(state []uint8) error
}

var plugin Plugin

// Register says which plugin the host calls. Call it in the main package's init.
func Register(p Plugin) { plugin = p }

//go:wasmexport plutino:plugin/checkpoint@1.0.0#snapshot
func exportSnapshot() uint32 {
	v, err := plugin.Snapshot()
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
	abi.LowerU8List(result+4, v)
	return result
}

//go:wasmexport cabi_post_plutino:plugin/checkpoint@1.0.0#snapshot
func postSnapshot(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/checkpoint@1.0.0#restore
func exportRestore(p0_0 uint32, p0_1 uint32) uint32 {
	a0p := abi.Alloc(8, 4)
	abi.Store(a0p, uint32(p0_0))
	abi.Store(a0p+4, uint32(p0_1))
	a0 := abi.LiftU8List(a0p)
	err := plugin.Restore(a0)
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

//go:wasmexport cabi_post_plutino:plugin/checkpoint@1.0.0#restore
func postRestore(uint32) { abi.Reset() }
