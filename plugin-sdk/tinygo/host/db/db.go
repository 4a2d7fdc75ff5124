// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package db

import (
	"plutino/sdk/internal/abi"
	_ "unsafe"
)

// One user of a database. A call waits until the database has answered; the rule's other work goes on meanwhile. Kinds of errors:
// unavailable (open a new connection and repeat), rejected (the database refuses the data), denied, timeout.
type Connection struct{ handle uint32 }

//go:wasmimport plutino:plugin/db@1.0.0 [static]connection.open
func hostDbConnectionOpen(p0_0 uint32, p0_1 uint32, result uint32)

// Opens (or takes from the host's pool) a connection to a configured data source.
func Open(source string) (*Connection, error) {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(source)
	p0_0, p0_1 := abi.FlatString(source)
	result := abi.Alloc(28, 4)
	hostDbConnectionOpen(p0_0, p0_1, result)
	if abi.Load[uint8](result) != 0 {
		var none *Connection
		return none, abi.Fault(abi.LiftError(result + 4))
	}
	return &Connection{abi.Load[uint32](result + 4)}, nil
}

//go:wasmimport plutino:plugin/db@1.0.0 [method]connection.query
func hostDbConnectionQuery(self uint32, p0_0 uint32, p0_1 uint32, p1_0 uint32, p1_1 uint32, result uint32)

// Rows of a SELECT. Parameters stand for the question marks in the statement: they are bound, never pasted.
func (r *Connection) Query(sql string, params []abi.Value) (abi.RowBatch, error) {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(sql)
	p0_0, p0_1 := abi.FlatString(sql)
	abi.Keep(params)
	p1_0p := abi.Alloc(8, 4)
	abi.LowerValueList(p1_0p, params)
	var p1_0 uint32
	var p1_1 uint32
	p1_0 = uint32(abi.Load[uint32](p1_0p))
	p1_1 = uint32(abi.Load[uint32](p1_0p + 4))
	result := abi.Alloc(28, 4)
	hostDbConnectionQuery(r.handle, p0_0, p0_1, p1_0, p1_1, result)
	if abi.Load[uint8](result) != 0 {
		var none abi.RowBatch
		return none, abi.Fault(abi.LiftError(result + 4))
	}
	return abi.LiftRowBatch(result + 4), nil
}

//go:wasmimport plutino:plugin/db@1.0.0 [method]connection.exec
func hostDbConnectionExec(self uint32, p0_0 uint32, p0_1 uint32, p1_0 uint32, p1_1 uint32, result uint32)

// One statement that changes something.
func (r *Connection) Exec(sql string, params []abi.Value) (abi.ExecResult, error) {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(sql)
	p0_0, p0_1 := abi.FlatString(sql)
	abi.Keep(params)
	p1_0p := abi.Alloc(8, 4)
	abi.LowerValueList(p1_0p, params)
	var p1_0 uint32
	var p1_1 uint32
	p1_0 = uint32(abi.Load[uint32](p1_0p))
	p1_1 = uint32(abi.Load[uint32](p1_0p + 4))
	result := abi.Alloc(32, 8)
	hostDbConnectionExec(r.handle, p0_0, p0_1, p1_0, p1_1, result)
	if abi.Load[uint8](result) != 0 {
		var none abi.ExecResult
		return none, abi.Fault(abi.LiftError(result + 8))
	}
	return abi.LiftExecResult(result + 8), nil
}

//go:wasmimport plutino:plugin/db@1.0.0 [method]connection.exec-batch
func hostDbConnectionExecBatch(self uint32, p0_0 uint32, p0_1 uint32, p1_0 uint32, p1_1 uint32, result uint32)

// One statement for many rows of parameters: one crossing, one round trip where the driver can.
func (r *Connection) ExecBatch(sql string, rows [][]abi.Value) (abi.ExecResult, error) {
	m := abi.Mark()
	defer abi.Release(m)
	abi.Keep(sql)
	p0_0, p0_1 := abi.FlatString(sql)
	abi.Keep(rows)
	p1_0p := abi.Alloc(8, 4)
	abi.LowerValueListList(p1_0p, rows)
	var p1_0 uint32
	var p1_1 uint32
	p1_0 = uint32(abi.Load[uint32](p1_0p))
	p1_1 = uint32(abi.Load[uint32](p1_0p + 4))
	result := abi.Alloc(32, 8)
	hostDbConnectionExecBatch(r.handle, p0_0, p0_1, p1_0, p1_1, result)
	if abi.Load[uint8](result) != 0 {
		var none abi.ExecResult
		return none, abi.Fault(abi.LiftError(result + 8))
	}
	return abi.LiftExecResult(result + 8), nil
}

//go:wasmimport plutino:plugin/db@1.0.0 [method]connection.begin
func hostDbConnectionBegin(self uint32, result uint32)

// Begins a transaction; it ends with commit, rollback, or the connection.
func (r *Connection) Begin() error {
	m := abi.Mark()
	defer abi.Release(m)
	result := abi.Alloc(28, 4)
	hostDbConnectionBegin(r.handle, result)
	if abi.Load[uint8](result) != 0 {
		return abi.Fault(abi.LiftError(result + 4))
	}
	return nil
}

//go:wasmimport plutino:plugin/db@1.0.0 [method]connection.commit
func hostDbConnectionCommit(self uint32, result uint32)

// Makes what was done since `begin` durable.
func (r *Connection) Commit() error {
	m := abi.Mark()
	defer abi.Release(m)
	result := abi.Alloc(28, 4)
	hostDbConnectionCommit(r.handle, result)
	if abi.Load[uint8](result) != 0 {
		return abi.Fault(abi.LiftError(result + 4))
	}
	return nil
}

//go:wasmimport plutino:plugin/db@1.0.0 [method]connection.rollback
func hostDbConnectionRollback(self uint32, result uint32)

// Undoes what was done since `begin`.
func (r *Connection) Rollback() error {
	m := abi.Mark()
	defer abi.Release(m)
	result := abi.Alloc(28, 4)
	hostDbConnectionRollback(r.handle, result)
	if abi.Load[uint8](result) != 0 {
		return abi.Fault(abi.LiftError(result + 4))
	}
	return nil
}

//go:wasmimport plutino:plugin/db@1.0.0 [resource-drop]connection
func dropConnection(handle uint32)

// Close gives the connection back; it is of no use afterwards.
func (r *Connection) Close() { dropConnection(r.handle) }
