// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package sink

import (
	"plutino/sdk/internal/abi"
)

// Guest: a sink. One instance serves one action of one rule. Order of calls: configure, restore (of `checkpoint`, if exported and
// something was saved), open, then collect again and again, close. Calls do not overlap. A trap throws the instance away; a new one
// begins with configure, and the batch comes again.
type Plugin interface {
	// Once, first; `config` is a JSON object: the action's properties. The answer says how the sink wants its data. An error of kind invalid
	// stops the rule with its message; other kinds are tried again with a new instance.
	Configure(config string) (abi.Form, error)
	// Once, after `configure`. Error unavailable or timeout: a new instance tries again after a pause that grows.
	Open() error
	// Writes a batch; returns when it is safe on the other side. `properties`: the values of those properties of the action that hold a
	// template (such as a topic of `out/{{.device}}`), as texts: names once, one row for each row or message of the batch; none when no
	// property is a template. unavailable and timeout: a new instance gets the batch again. rejected: the batch comes in halves until the
	// refused rows are alone, so a rejected batch must leave nothing behind. Other kinds: the batch goes to the rule's error path.
	Collect(batch abi.Batch, properties *abi.RowBatch) error
	// Last, unless the instance was thrown away. What was collected is safe already.
	Close()
}

var plugin Plugin

// Register says which plugin the host calls. Call it in the main package's init.
func Register(p Plugin) { plugin = p }

//go:wasmexport plutino:plugin/sink@1.0.0#configure
func exportConfigure(p0_0 uint32, p0_1 uint32) uint32 {
	a0p := abi.Alloc(8, 4)
	abi.Store(a0p, uint32(p0_0))
	abi.Store(a0p+4, uint32(p0_1))
	a0 := abi.LiftString(a0p)
	v, err := plugin.Configure(a0)
	result := abi.Alloc(28, 4)
	if err != nil {
		abi.Store(result, uint8(1))
		fault := abi.ErrorOf(err)
		abi.Keep(fault)
		abi.LowerError(result+4, fault)
		return result
	}
	abi.Store(result, uint8(0))
	abi.Store(result+4, uint8(v))
	return result
}

//go:wasmexport cabi_post_plutino:plugin/sink@1.0.0#configure
func postConfigure(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/sink@1.0.0#open
func exportOpen() uint32 {
	err := plugin.Open()
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

//go:wasmexport cabi_post_plutino:plugin/sink@1.0.0#open
func postOpen(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/sink@1.0.0#collect
func exportCollect(p0_0 uint32, p0_1 uint32, p0_2 uint32, p0_3 uint32, p0_4 uint32, p1_0 uint32, p1_1 uint32, p1_2 uint32, p1_3 uint32, p1_4 uint32) uint32 {
	a0p := abi.Alloc(20, 4)
	abi.Store(a0p, uint8(p0_0))
	switch p0_0 {
	case 0:
		abi.Store(a0p+4, uint32(p0_1))
		abi.Store(a0p+4+4, uint32(p0_2))
		abi.Store(a0p+4+8, uint32(p0_3))
		abi.Store(a0p+4+8+4, uint32(p0_4))
	case 1:
		abi.Store(a0p+4, uint32(p0_1))
		abi.Store(a0p+4+4, uint32(p0_2))
	}
	a0 := abi.LiftBatch(a0p)
	a1p := abi.Alloc(20, 4)
	abi.Store(a1p, uint8(p1_0))
	switch p1_0 {
	case 1:
		abi.Store(a1p+4, uint32(p1_1))
		abi.Store(a1p+4+4, uint32(p1_2))
		abi.Store(a1p+4+8, uint32(p1_3))
		abi.Store(a1p+4+8+4, uint32(p1_4))
	}
	a1 := abi.LiftRowBatchOption(a1p)
	err := plugin.Collect(a0, a1)
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

//go:wasmexport cabi_post_plutino:plugin/sink@1.0.0#collect
func postCollect(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/sink@1.0.0#close
func exportClose() {
	plugin.Close()
	abi.Reset()
}
