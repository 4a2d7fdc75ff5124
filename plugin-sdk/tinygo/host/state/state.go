// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package state

import (
	"math"
	"plutino/sdk/internal/abi"
	_ "unsafe"
)

//go:wasmimport plutino:plugin/state@1.0.0 get
func hostStateGet(p0_0 uint32, p0_1 uint32, result uint32)

// The value of a key; none when it was never put. At any time.
func Get(key string) *abi.Value {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(key)
	p0_0, p0_1 := abi.FlatString(key)
	result := abi.Alloc(24, 8)
	hostStateGet(p0_0, p0_1, result)
	return abi.LiftValueOption(result)
}

//go:wasmimport plutino:plugin/state@1.0.0 put
func hostStatePut(p0_0 uint32, p0_1 uint32, p1_0 uint32, p1_1 uint64, p1_2 uint32)

// Sets a key. What was put outlives the instance: the next one of this use of the plugin finds it, also one of a newer version.
func Put(key string, value abi.Value) {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(key)
	p0_0, p0_1 := abi.FlatString(key)
	abi.Keep(value)
	p1_0p := abi.Alloc(16, 8)
	abi.LowerValue(p1_0p, value)
	var p1_0 uint32
	var p1_1 uint64
	var p1_2 uint32
	p1_0 = uint32(abi.Load[uint8](p1_0p))
	switch p1_0 {
	case 1:
		p1_1 = uint64(uint32(abi.Load[uint8](p1_0p + 8)))
	case 2:
		p1_1 = uint64(abi.Load[int64](p1_0p + 8))
	case 3:
		p1_1 = math.Float64bits(float64(abi.Load[float64](p1_0p + 8)))
	case 4:
		p1_1 = uint64(uint32(abi.Load[uint32](p1_0p + 8)))
		p1_2 = uint32(abi.Load[uint32](p1_0p + 8 + 4))
	case 5:
		p1_1 = uint64(uint32(abi.Load[uint32](p1_0p + 8)))
		p1_2 = uint32(abi.Load[uint32](p1_0p + 8 + 4))
	case 6:
		p1_1 = uint64(abi.Load[int64](p1_0p + 8))
	case 7:
		p1_1 = uint64(uint32(abi.Load[uint32](p1_0p + 8)))
		p1_2 = uint32(abi.Load[uint32](p1_0p + 8 + 4))
	}
	hostStatePut(p0_0, p0_1, p1_0, p1_1, p1_2)
}

//go:wasmimport plutino:plugin/state@1.0.0 delete
func hostStateDelete(p0_0 uint32, p0_1 uint32)

// Removes a key; nothing happens when it is not there.
func Delete(key string) {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(key)
	p0_0, p0_1 := abi.FlatString(key)
	hostStateDelete(p0_0, p0_1)
}

//go:wasmimport plutino:plugin/state@1.0.0 increment
func hostStateIncrement(p0_0 uint32, p0_1 uint32, p1_0 uint64) uint64

// Adds to an int (0 when absent) and gives the new value; a trap when the key holds something else.
func Increment(key string, by int64) int64 {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(key)
	p0_0, p0_1 := abi.FlatString(key)
	p1_0 := uint64(by)
	return int64(hostStateIncrement(p0_0, p0_1, p1_0))
}

//go:wasmimport plutino:plugin/state@1.0.0 keys
func hostStateKeys(p0_0 uint32, p0_1 uint32, result uint32)

// All keys that begin with `prefix`, in no particular order.
func Keys(prefix string) []string {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(prefix)
	p0_0, p0_1 := abi.FlatString(prefix)
	result := abi.Alloc(8, 4)
	hostStateKeys(p0_0, p0_1, result)
	return abi.LiftStringList(result)
}
