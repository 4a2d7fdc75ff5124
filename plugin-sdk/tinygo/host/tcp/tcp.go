// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package tcp

import (
	"plutino/sdk/internal/abi"
	_ "unsafe"
)

// An open connection. Dropping it closes it at once; the host closes what is left when the instance ends.
type Socket struct{ handle uint32 }

//go:wasmimport plutino:plugin/tcp@1.0.0 [static]socket.connect
func hostTcpSocketConnect(p0_0 uint32, p0_1 uint32, p1_0 uint32, p2_0 uint32, result uint32)

// Connects, without encryption. Small writes are sent at once, and the system checks idle connections (keep-alive). `timeout-ms`: for
// the name and the connection; 0 is the host's limit. Kinds of errors: denied (host and port are not granted, or too many sockets are
// open), unavailable (no such name, refused), timeout.
func Connect(host string, port uint16, timeoutMs uint32) (*Socket, error) {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(host)
	p0_0, p0_1 := abi.FlatString(host)
	p1_0 := uint32(port)
	p2_0 := uint32(timeoutMs)
	result := abi.Alloc(28, 4)
	hostTcpSocketConnect(p0_0, p0_1, p1_0, p2_0, result)
	if abi.Load[uint8](result) != 0 {
		var none *Socket
		return none, abi.Fault(abi.LiftError(result + 4))
	}
	return &Socket{abi.Load[uint32](result + 4)}, nil
}

//go:wasmimport plutino:plugin/tcp@1.0.0 [method]socket.start-tls
func hostTcpSocketStartTls(self uint32, p0_0 uint32, p0_1 uint32, p0_2 uint32, p0_3 uint32, p0_4 uint32, p0_5 uint32, p0_6 uint32, p0_7 uint32, p0_8 uint32, p0_9 uint32, p0_10 uint32, p0_11 uint32, p0_12 uint32, p0_13 uint32, result uint32)

// Encrypts the connection from here on: right after `connect`, or when both sides have agreed to (STARTTLS) and nothing unread is left.
// Kinds of errors: invalid (options that contradict each other), unavailable (the certificate is not accepted, no common version),
// timeout. After an error the connection is of no use any more.
func (r *Socket) StartTls(options abi.TlsOptions) error {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(options)
	p0_0p := abi.Alloc(56, 4)
	abi.LowerTlsOptions(p0_0p, options)
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
	var p0_11 uint32
	var p0_12 uint32
	var p0_13 uint32
	p0_0 = uint32(abi.Load[uint8](p0_0p))
	switch p0_0 {
	case 1:
		p0_1 = uint32(abi.Load[uint32](p0_0p + 4))
		p0_2 = uint32(abi.Load[uint32](p0_0p + 4 + 4))
	}
	p0_3 = uint32(abi.Load[uint8](p0_0p + 12))
	switch p0_3 {
	case 1:
		p0_4 = uint32(abi.Load[uint32](p0_0p + 12 + 4))
		p0_5 = uint32(abi.Load[uint32](p0_0p + 12 + 4 + 4))
	}
	p0_6 = uint32(abi.Load[uint8](p0_0p + 24))
	switch p0_6 {
	case 1:
		p0_7 = uint32(abi.Load[uint32](p0_0p + 24 + 4))
		p0_8 = uint32(abi.Load[uint32](p0_0p + 24 + 4 + 4))
	}
	p0_9 = uint32(abi.Load[uint8](p0_0p + 36))
	switch p0_9 {
	case 1:
		p0_10 = uint32(abi.Load[uint32](p0_0p + 36 + 4))
		p0_11 = uint32(abi.Load[uint32](p0_0p + 36 + 4 + 4))
	}
	p0_12 = uint32(abi.Load[uint32](p0_0p + 48))
	p0_13 = uint32(abi.Load[uint32](p0_0p + 48 + 4))
	result := abi.Alloc(28, 4)
	hostTcpSocketStartTls(r.handle, p0_0, p0_1, p0_2, p0_3, p0_4, p0_5, p0_6, p0_7, p0_8, p0_9, p0_10, p0_11, p0_12, p0_13, result)
	if abi.Load[uint8](result) != 0 {
		return abi.Fault(abi.LiftError(result + 4))
	}
	return nil
}

//go:wasmimport plutino:plugin/tcp@1.0.0 [method]socket.read
func hostTcpSocketRead(self uint32, p0_0 uint32, p1_0 uint32, result uint32)

// What has come, at least one byte and at most `max`; waits for it up to `timeout-ms` (0: only what is there already). Empty: nothing
// came in time, and nothing is lost. None: the other side has ended its sending, now and for ever. Error unavailable: the connection
// was lost.
func (r *Socket) Read(max uint32, timeoutMs uint32) (*[]uint8, error) {
	m := abi.Mark()
	defer abi.Release(m)
	p0_0 := uint32(max)
	p1_0 := uint32(timeoutMs)
	result := abi.Alloc(28, 4)
	hostTcpSocketRead(r.handle, p0_0, p1_0, result)
	if abi.Load[uint8](result) != 0 {
		var none *[]uint8
		return none, abi.Fault(abi.LiftError(result + 4))
	}
	return abi.LiftU8ListOption(result + 4), nil
}

//go:wasmimport plutino:plugin/tcp@1.0.0 [method]socket.write
func hostTcpSocketWrite(self uint32, p0_0 uint32, p0_1 uint32, p1_0 uint32, result uint32)

// Sends all of `data`: resolves when the system has taken it, which says nothing about the other side. Error timeout: a part may have
// been sent, so the connection is of no use any more. 0 is the host's limit.
func (r *Socket) Write(data []uint8, timeoutMs uint32) error {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(data)
	p0_0p := abi.Alloc(8, 4)
	abi.LowerU8List(p0_0p, data)
	var p0_0 uint32
	var p0_1 uint32
	p0_0 = uint32(abi.Load[uint32](p0_0p))
	p0_1 = uint32(abi.Load[uint32](p0_0p + 4))
	p1_0 := uint32(timeoutMs)
	result := abi.Alloc(28, 4)
	hostTcpSocketWrite(r.handle, p0_0, p0_1, p1_0, result)
	if abi.Load[uint8](result) != 0 {
		return abi.Fault(abi.LiftError(result + 4))
	}
	return nil
}

//go:wasmimport plutino:plugin/tcp@1.0.0 [method]socket.shutdown
func hostTcpSocketShutdown(self uint32, result uint32)

// Ends sending: the other side reads its end after what was written. Reading goes on.
func (r *Socket) Shutdown() error {
	m := abi.Mark()
	defer abi.Release(m)
	result := abi.Alloc(28, 4)
	hostTcpSocketShutdown(r.handle, result)
	if abi.Load[uint8](result) != 0 {
		return abi.Fault(abi.LiftError(result + 4))
	}
	return nil
}

//go:wasmimport plutino:plugin/tcp@1.0.0 [resource-drop]socket
func dropSocket(handle uint32)

// Close gives the socket back; it is of no use afterwards.
func (r *Socket) Close() { dropSocket(r.handle) }
