// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package random

import (
	"plutino/sdk/internal/abi"
	_ "unsafe"
)

//go:wasmimport plutino:plugin/random@1.0.0 next
func hostRandomNext() uint64

// 64 random bits.
func Next() uint64 {
	m := abi.Mark()
	defer abi.Release(m)
	return uint64(hostRandomNext())
}

//go:wasmimport plutino:plugin/random@1.0.0 bytes
func hostRandomBytes(p0_0 uint32, result uint32)

// `len` random bytes, at most 65,536; more is a trap.
func Bytes(len uint32) []uint8 {
	m := abi.Mark()
	defer abi.Release(m)
	p0_0 := uint32(len)
	result := abi.Alloc(8, 4)
	hostRandomBytes(p0_0, result)
	return abi.LiftU8List(result)
}
