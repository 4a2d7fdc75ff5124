// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package source

import (
	"plutino/sdk/internal/abi"
)

// Guest: a source. One instance serves one rule's use of the source (or a shared stream). Order of calls: configure, restore (of
// `checkpoint`, if exported and something was saved), open, then collect again and again with commit between, close. Calls do not
// overlap. After a trap, or an error that says so, a new instance begins with configure and opens behind the last messages that the
// engine has taken; after a restart of the rule, behind the last committed offset.
type Plugin interface {
	// At installation, in an instance that is thrown away, without imports but `log`. Always the same answer.
	Describe() abi.Description
	// Once, first. `data-source` is the stream's DATASOURCE; `config` is a JSON object: the plugin's defaults, overlaid by the CONF_KEY of
	// the stream. An error of kind invalid stops the rule with its message; other kinds are tried again with a new instance.
	Configure(dataSource string, config string) error
	// Once, after `configure`: gets ready to collect. `offset`: where to go on; none: from the beginning or from now, as the source
	// likes. Error unavailable or timeout: a new instance tries again after a pause that grows.
	Open(offset *string) error
	// In a loop; not calling it is back-pressure. At most `max` messages, as soon as there are any. Waits (in `sleep`, `http`, `tcp`,
	// `db`) up to about `wait-ms` when there are none, then gives an empty batch. Error unavailable or timeout: a new instance goes
	// on behind the last messages. rejected: what could not be read was left out; that is reported, and the next call goes on behind it.
	Collect(max uint32, waitMs uint32) (abi.Messages, error)
	// Between two collects, when everything up to `offset` is safe: processed, written by all sinks, in a checkpoint. Commits may skip
	// offsets and come late; the last one may not come at all (those messages come again after a restart). Use it to acknowledge, or do
	// nothing. An error is logged and the rule goes on.
	Commit(offset string) error
	// Last, unless the instance was thrown away.
	Close()
}

var plugin Plugin

// Register says which plugin the host calls. Call it in the main package's init.
func Register(p Plugin) { plugin = p }

//go:wasmexport plutino:plugin/source@1.0.0#describe
func exportDescribe() uint32 {
	v := plugin.Describe()
	result := abi.Alloc(2, 1)
	abi.LowerDescription(result, v)
	return result
}

//go:wasmexport cabi_post_plutino:plugin/source@1.0.0#describe
func postDescribe(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/source@1.0.0#configure
func exportConfigure(p0_0 uint32, p0_1 uint32, p1_0 uint32, p1_1 uint32) uint32 {
	a0p := abi.Alloc(8, 4)
	abi.Store(a0p, uint32(p0_0))
	abi.Store(a0p+4, uint32(p0_1))
	a0 := abi.LiftString(a0p)
	a1p := abi.Alloc(8, 4)
	abi.Store(a1p, uint32(p1_0))
	abi.Store(a1p+4, uint32(p1_1))
	a1 := abi.LiftString(a1p)
	err := plugin.Configure(a0, a1)
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

//go:wasmexport cabi_post_plutino:plugin/source@1.0.0#configure
func postConfigure(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/source@1.0.0#open
func exportOpen(p0_0 uint32, p0_1 uint32, p0_2 uint32) uint32 {
	a0p := abi.Alloc(12, 4)
	abi.Store(a0p, uint8(p0_0))
	switch p0_0 {
	case 1:
		abi.Store(a0p+4, uint32(p0_1))
		abi.Store(a0p+4+4, uint32(p0_2))
	}
	a0 := abi.LiftStringOption(a0p)
	err := plugin.Open(a0)
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

//go:wasmexport cabi_post_plutino:plugin/source@1.0.0#open
func postOpen(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/source@1.0.0#collect
func exportCollect(p0_0 uint32, p1_0 uint32) uint32 {
	a0 := uint32(p0_0)
	a1 := uint32(p1_0)
	v, err := plugin.Collect(a0, a1)
	result := abi.Alloc(68, 4)
	if err != nil {
		abi.Store(result, uint8(1))
		fault := abi.ErrorOf(err)
		abi.Keep(fault)
		abi.LowerError(result+4, fault)
		return result
	}
	abi.Store(result, uint8(0))
	abi.Keep(v)
	abi.LowerMessages(result+4, v)
	return result
}

//go:wasmexport cabi_post_plutino:plugin/source@1.0.0#collect
func postCollect(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/source@1.0.0#commit
func exportCommit(p0_0 uint32, p0_1 uint32) uint32 {
	a0p := abi.Alloc(8, 4)
	abi.Store(a0p, uint32(p0_0))
	abi.Store(a0p+4, uint32(p0_1))
	a0 := abi.LiftString(a0p)
	err := plugin.Commit(a0)
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

//go:wasmexport cabi_post_plutino:plugin/source@1.0.0#commit
func postCommit(uint32) { abi.Reset() }

//go:wasmexport plutino:plugin/source@1.0.0#close
func exportClose() {
	plugin.Close()
	abi.Reset()
}
