// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package clock

import (
	"plutino/sdk/internal/abi"
	_ "unsafe"
)

//go:wasmimport plutino:plugin/clock@1.0.0 now
func hostClockNow() uint64

// Milliseconds since the Unix epoch.
func Now() int64 {
	m := abi.Mark()
	defer abi.Release(m)
	return int64(hostClockNow())
}

//go:wasmimport plutino:plugin/clock@1.0.0 monotonic
func hostClockMonotonic() uint64

// Nanoseconds from an arbitrary start; never goes back.
func Monotonic() uint64 {
	m := abi.Mark()
	defer abi.Release(m)
	return uint64(hostClockMonotonic())
}

//go:wasmimport plutino:plugin/clock@1.0.0 sleep
func hostClockSleep(p0_0 uint32)

// Waits. The rest of the rule goes on meanwhile, and the time does not count as the plugin's own. It ends early, with the instance,
// when the rule stops. At most the host's limit for waiting calls.
func Sleep(milliseconds uint32) {
	m := abi.Mark()
	defer abi.Release(m)
	p0_0 := uint32(milliseconds)
	hostClockSleep(p0_0)
}
