// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package http

import (
	"plutino/sdk/internal/abi"
	_ "unsafe"
)

//go:wasmimport plutino:plugin/http@1.0.0 send
func hostHttpSend(p0_0 uint32, p0_1 uint32, p0_2 uint32, p0_3 uint32, p0_4 uint32, p0_5 uint32, p0_6 uint32, p0_7 uint32, p0_8 uint32, p0_9 uint32, p0_10 uint32, result uint32)

// Sends a request and waits for the whole answer; the rest of the rule goes on meanwhile. Kinds of errors: invalid (not a URL or a
// method), denied (the origin is not granted), unavailable (no connection, or it was lost), timeout, rejected (the answer is larger
// than the host's limit).
func Send(request abi.Request) (abi.Response, error) {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(request)
	p0_0p := abi.Alloc(44, 4)
	abi.LowerRequest(p0_0p, request)
	var p0_0 uint32
	var p0_1 uint32
	var p0_2 uint32
	var p0_3 uint32
	var p0_4 uint32
	var p0_5 uint32
	var p0_6 uint32
	var p0_7 uint32
	var p0_8 uint32
	var p0_9 uint32
	var p0_10 uint32
	p0_0 = uint32(abi.Load[uint32](p0_0p))
	p0_1 = uint32(abi.Load[uint32](p0_0p + 4))
	p0_2 = uint32(abi.Load[uint32](p0_0p + 8))
	p0_3 = uint32(abi.Load[uint32](p0_0p + 8 + 4))
	p0_4 = uint32(abi.Load[uint32](p0_0p + 16))
	p0_5 = uint32(abi.Load[uint32](p0_0p + 16 + 4))
	p0_6 = uint32(abi.Load[uint8](p0_0p + 24))
	switch p0_6 {
	case 1:
		p0_7 = uint32(abi.Load[uint32](p0_0p + 24 + 4))
		p0_8 = uint32(abi.Load[uint32](p0_0p + 24 + 4 + 4))
	}
	p0_9 = uint32(abi.Load[uint32](p0_0p + 36))
	p0_10 = uint32(abi.Load[uint32](p0_0p + 40))
	result := abi.Alloc(28, 4)
	hostHttpSend(p0_0, p0_1, p0_2, p0_3, p0_4, p0_5, p0_6, p0_7, p0_8, p0_9, p0_10, result)
	if abi.Load[uint8](result) != 0 {
		var none abi.Response
		return none, abi.Fault(abi.LiftError(result + 4))
	}
	return abi.LiftResponse(result + 4), nil
}
