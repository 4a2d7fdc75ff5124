// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package log

import (
	"plutino/sdk/internal/abi"
	_ "unsafe"
)

//go:wasmimport plutino:plugin/log@1.0.0 log
func hostLogLog(p0_0 uint32, p1_0 uint32, p1_1 uint32)

// Writes one line, at any time. Never fails; lines beyond the plugin's rate are counted and left out. A long line is cut.
func Log(level abi.Level, message string) {
	m := abi.Mark()
	defer abi.Release(m)
	p0_0 := uint32(level)
	abi.Keep(message)
	p1_0, p1_1 := abi.FlatString(message)
	hostLogLog(p0_0, p1_0, p1_1)
}
