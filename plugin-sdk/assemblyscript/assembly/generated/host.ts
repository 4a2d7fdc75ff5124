// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.
import {
  Result,
} from "../result";
import {
  alloc,
  lowerString,
  mark,
  release,
} from "../cabi";
import {
  Value,
  PluginError,
  RowBatch,
  Level,
  ExecResult,
  Request,
  Response,
  TlsOptions,
} from "./types";
import {
  liftOptionValue,
  liftListU8,
  lowerValue,
  lowerListU8,
  liftListString,
  liftResultConnectionPluginError,
  lowerListValue,
  liftResultRowBatchPluginError,
  liftResultExecResultPluginError,
  lowerListListValue,
  liftResultUnitPluginError,
  lowerRequest,
  liftResultResponsePluginError,
  liftResultSocketPluginError,
  lowerTlsOptions,
  liftResultOptionListU8PluginError,
} from "./codec";
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/log@1.0.0", "log") declare function host_log_log(a0: i32, a1: i32, a2: i32): void;
/** Host: the log of the rule. */
export class log {
  /** Writes one line, at any time. Never fails; lines beyond the plugin's rate are counted and left out. A long line is cut. */
  static log(level: Level, message: string): void {
    const m = mark();
    const p0_p = alloc(1, 1); store<u8>(p0_p, <u8>level); let p0_0: i32 = 0;
    p0_0 = <i32>load<u8>(p0_p);
    const p1_p = alloc(8, 4); lowerString(message, p1_p); let p1_0: i32 = 0; let p1_1: i32 = 0;
    p1_0 = <i32>load<i32>(p1_p); p1_1 = <i32>load<i32>(p1_p + 4);
    host_log_log(p0_0, p1_0, p1_1); release(m);
  }
}
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/state@1.0.0", "get") declare function host_state_get(a0: i32, a1: i32, a2: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/state@1.0.0", "put") declare function host_state_put(a0: i32, a1: i32, a2: i32, a3: i64, a4: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/state@1.0.0", "delete") declare function host_state_delete(a0: i32, a1: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/state@1.0.0", "increment") declare function host_state_increment(a0: i32, a1: i32, a2: i64): i64;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/state@1.0.0", "keys") declare function host_state_keys(a0: i32, a1: i32, a2: i32): void;
/**
 * Host: key/value state of this use of the plugin in its rule, saved with the rule's checkpoints: after a crash it is as it was when
 * the offsets were committed that the source goes on from. For more than a few thousand keys, or values that change with every row,
 * export `checkpoint` instead. Too much of it (16 MiB) is a trap.
 */
export class state {
  /** The value of a key; none when it was never put. At any time. */
  static get(key: string): Value | null {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(key, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const r = alloc(24, 8);
    host_state_get(p0_0, p0_1, <i32>r);
    const v = liftOptionValue(r); release(m);
    return v;
  }
  /** Sets a key. What was put outlives the instance: the next one of this use of the plugin finds it, also one of a newer version. */
  static put(key: string, value: Value): void {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(key, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const p1_p = alloc(16, 8); lowerValue(value, p1_p); let p1_0: i32 = 0; let p1_1: i64 = 0; let p1_2: i32 = 0;
    p1_0 = <i32>load<u8>(p1_p);
    switch (p1_0) {
      case 1: {
        p1_1 = <i64><u32>(<i32>load<u8>(p1_p + 8));
        break; }
      case 2: {
        p1_1 = <i64>load<i64>(p1_p + 8);
        break; }
      case 3: {
        p1_1 = reinterpret<i64>(<f64>load<f64>(p1_p + 8));
        break; }
      case 4: {
        p1_1 = <i64><u32>(<i32>load<i32>(p1_p + 8)); p1_2 = <i32>load<i32>(p1_p + 8 + 4);
        break; }
      case 5: {
        p1_1 = <i64><u32>(<i32>load<i32>(p1_p + 8)); p1_2 = <i32>load<i32>(p1_p + 8 + 4);
        break; }
      case 6: {
        p1_1 = <i64>load<i64>(p1_p + 8);
        break; }
      case 7: {
        p1_1 = <i64><u32>(<i32>load<i32>(p1_p + 8)); p1_2 = <i32>load<i32>(p1_p + 8 + 4);
        break; }
      default: {}
    }
    host_state_put(p0_0, p0_1, p1_0, p1_1, p1_2); release(m);
  }
  /** Removes a key; nothing happens when it is not there. */
  static delete(key: string): void {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(key, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    host_state_delete(p0_0, p0_1); release(m);
  }
  /** Adds to an int (0 when absent) and gives the new value; a trap when the key holds something else. */
  static increment(key: string, by: i64): i64 {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(key, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const p1_p = alloc(8, 8); store<i64>(p1_p, by); let p1_0: i64 = 0;
    p1_0 = <i64>load<i64>(p1_p);
    const r = host_state_increment(p0_0, p0_1, p1_0); release(m);
    return <i64>r;
  }
  /** All keys that begin with `prefix`, in no particular order. */
  static keys(prefix: string): Array<string> {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(prefix, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const r = alloc(8, 4);
    host_state_keys(p0_0, p0_1, <i32>r);
    const v = liftListString(load<usize>(r), load<usize>(r, 4)); release(m);
    return v;
  }
}
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/clock@1.0.0", "now") declare function host_clock_now(): i64;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/clock@1.0.0", "monotonic") declare function host_clock_monotonic(): i64;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/clock@1.0.0", "sleep") declare function host_clock_sleep(a0: i32): void;
/** Host: time. In tests the engine's clock may be simulated. */
export class clock {
  /** Milliseconds since the Unix epoch. */
  static now(): i64 {
    const m = mark();
    const r = host_clock_now(); release(m);
    return <i64>r;
  }
  /** Nanoseconds from an arbitrary start; never goes back. */
  static monotonic(): u64 {
    const m = mark();
    const r = host_clock_monotonic(); release(m);
    return <u64>r;
  }
  /**
   * Waits. The rest of the rule goes on meanwhile, and the time does not count as the plugin's own. It ends early, with the instance,
   * when the rule stops. At most the host's limit for waiting calls.
   */
  static sleep(milliseconds: u32): void {
    const m = mark();
    const p0_p = alloc(4, 4); store<u32>(p0_p, milliseconds); let p0_0: i32 = 0;
    p0_0 = <i32>load<u32>(p0_p);
    host_clock_sleep(p0_0); release(m);
  }
}
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/random@1.0.0", "next") declare function host_random_next(): i64;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/random@1.0.0", "bytes") declare function host_random_bytes(a0: i32, a1: i32): void;
/** Host: randomness, fit for keys. */
export class random {
  /** 64 random bits. */
  static next(): u64 {
    const m = mark();
    const r = host_random_next(); release(m);
    return <u64>r;
  }
  /** `len` random bytes, at most 65,536; more is a trap. */
  static bytes(len: u32): Uint8Array {
    const m = mark();
    const p0_p = alloc(4, 4); store<u32>(p0_p, len); let p0_0: i32 = 0;
    p0_0 = <i32>load<u32>(p0_p);
    const r = alloc(8, 4);
    host_random_bytes(p0_0, <i32>r);
    const v = liftListU8(load<usize>(r), load<usize>(r, 4)); release(m);
    return v;
  }
}
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/db@1.0.0", "[resource-drop]connection") declare function drop_connection(a0: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/db@1.0.0", "[static]connection.open") declare function host_db_connection_open(a0: i32, a1: i32, a2: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/db@1.0.0", "[method]connection.query") declare function host_db_connection_query(a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/db@1.0.0", "[method]connection.exec") declare function host_db_connection_exec(a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/db@1.0.0", "[method]connection.exec-batch") declare function host_db_connection_exec_batch(a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/db@1.0.0", "[method]connection.begin") declare function host_db_connection_begin(a0: i32, a1: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/db@1.0.0", "[method]connection.commit") declare function host_db_connection_commit(a0: i32, a1: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/db@1.0.0", "[method]connection.rollback") declare function host_db_connection_rollback(a0: i32, a1: i32): void;
/**
 * One user of a database. A call waits until the database has answered; the rule's other work goes on meanwhile. Kinds of errors:
 * unavailable (open a new connection and repeat), rejected (the database refuses the data), denied, timeout.
 */
@final export class Connection {
  constructor(public handle: i32) {}
  /** Opens (or takes from the host's pool) a connection to a configured data source. */
  static open(source: string): Result<Connection, PluginError> {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(source, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const r = alloc(28, 4);
    host_db_connection_open(p0_0, p0_1, <i32>r);
    const v = liftResultConnectionPluginError(r); release(m);
    return v;
  }
  /** Rows of a SELECT. Parameters stand for the question marks in the statement: they are bound, never pasted. */
  query(sql: string, params: Array<Value>): Result<RowBatch, PluginError> {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(sql, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const p1_p = alloc(8, 4); lowerListValue(params, p1_p); let p1_0: i32 = 0; let p1_1: i32 = 0;
    p1_0 = <i32>load<i32>(p1_p); p1_1 = <i32>load<i32>(p1_p + 4);
    const r = alloc(28, 4);
    host_db_connection_query(this.handle, p0_0, p0_1, p1_0, p1_1, <i32>r);
    const v = liftResultRowBatchPluginError(r); release(m);
    return v;
  }
  /** One statement that changes something. */
  exec(sql: string, params: Array<Value>): Result<ExecResult, PluginError> {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(sql, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const p1_p = alloc(8, 4); lowerListValue(params, p1_p); let p1_0: i32 = 0; let p1_1: i32 = 0;
    p1_0 = <i32>load<i32>(p1_p); p1_1 = <i32>load<i32>(p1_p + 4);
    const r = alloc(32, 8);
    host_db_connection_exec(this.handle, p0_0, p0_1, p1_0, p1_1, <i32>r);
    const v = liftResultExecResultPluginError(r); release(m);
    return v;
  }
  /** One statement for many rows of parameters: one crossing, one round trip where the driver can. */
  execBatch(sql: string, rows: Array<Array<Value>>): Result<ExecResult, PluginError> {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(sql, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const p1_p = alloc(8, 4); lowerListListValue(rows, p1_p); let p1_0: i32 = 0; let p1_1: i32 = 0;
    p1_0 = <i32>load<i32>(p1_p); p1_1 = <i32>load<i32>(p1_p + 4);
    const r = alloc(32, 8);
    host_db_connection_exec_batch(this.handle, p0_0, p0_1, p1_0, p1_1, <i32>r);
    const v = liftResultExecResultPluginError(r); release(m);
    return v;
  }
  /** As execBatch, with the rows of a batch as it came: what nobody has read of it is neither read nor copied. */
  execBatchOf(sql: string, rowBatch: RowBatch): Result<ExecResult, PluginError> {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(sql, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const p1_p = alloc(8, 4); rowBatch.lowerRows(p1_p); let p1_0: i32 = 0; let p1_1: i32 = 0;
    p1_0 = <i32>load<i32>(p1_p); p1_1 = <i32>load<i32>(p1_p + 4);
    const r = alloc(32, 8);
    host_db_connection_exec_batch(this.handle, p0_0, p0_1, p1_0, p1_1, <i32>r);
    const v = liftResultExecResultPluginError(r); release(m);
    return v;
  }
  /** Begins a transaction; it ends with commit, rollback, or the connection. */
  begin(): PluginError | null {
    const m = mark();
    const r = alloc(28, 4);
    host_db_connection_begin(this.handle, <i32>r);
    const v = liftResultUnitPluginError(r); release(m);
    return v;
  }
  /** Makes what was done since `begin` durable. */
  commit(): PluginError | null {
    const m = mark();
    const r = alloc(28, 4);
    host_db_connection_commit(this.handle, <i32>r);
    const v = liftResultUnitPluginError(r); release(m);
    return v;
  }
  /** Undoes what was done since `begin`. */
  rollback(): PluginError | null {
    const m = mark();
    const r = alloc(28, 4);
    host_db_connection_rollback(this.handle, <i32>r);
    const v = liftResultUnitPluginError(r); release(m);
    return v;
  }
  /** Gives the handle away. */
  take(): i32 {
    const handle = this.handle;
    this.handle = 0;
    return handle;
  }
  /** Releases it. AssemblyScript has no destructors: call this when done; calling it again does nothing. */
  drop(): void {
    if (this.handle) drop_connection(this.take());
  }
}
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/http@1.0.0", "send") declare function host_http_send(a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32, a8: i32, a9: i32, a10: i32, a11: i32): void;
/** Host: HTTP requests, to granted origins only. */
export class http {
  /**
   * Sends a request and waits for the whole answer; the rest of the rule goes on meanwhile. Kinds of errors: invalid (not a URL or a
   * method), denied (the origin is not granted), unavailable (no connection, or it was lost), timeout, rejected (the answer is larger
   * than the host's limit).
   */
  static send(request: Request): Result<Response, PluginError> {
    const m = mark();
    const p0_p = alloc(44, 4); lowerRequest(request, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0; let p0_2: i32 = 0; let p0_3: i32 = 0; let p0_4: i32 = 0; let p0_5: i32 = 0; let p0_6: i32 = 0; let p0_7: i32 = 0; let p0_8: i32 = 0; let p0_9: i32 = 0; let p0_10: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    p0_2 = <i32>load<i32>(p0_p + 8); p0_3 = <i32>load<i32>(p0_p + 8 + 4);
    p0_4 = <i32>load<i32>(p0_p + 16); p0_5 = <i32>load<i32>(p0_p + 16 + 4);
    p0_6 = <i32>load<u8>(p0_p + 24);
    switch (p0_6) {
      case 1: {
        p0_7 = <i32>load<i32>(p0_p + 24 + 4); p0_8 = <i32>load<i32>(p0_p + 24 + 4 + 4);
        break; }
      default: {}
    }
    p0_9 = <i32>load<u32>(p0_p + 36);
    p0_10 = <i32>load<u32>(p0_p + 40);
    const r = alloc(28, 4);
    host_http_send(p0_0, p0_1, p0_2, p0_3, p0_4, p0_5, p0_6, p0_7, p0_8, p0_9, p0_10, <i32>r);
    const v = liftResultResponsePluginError(r); release(m);
    return v;
  }
}
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/tcp@1.0.0", "[resource-drop]socket") declare function drop_socket(a0: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/tcp@1.0.0", "[static]socket.connect") declare function host_tcp_socket_connect(a0: i32, a1: i32, a2: i32, a3: i32, a4: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/tcp@1.0.0", "[method]socket.start-tls") declare function host_tcp_socket_start_tls(a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32, a8: i32, a9: i32, a10: i32, a11: i32, a12: i32, a13: i32, a14: i32, a15: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/tcp@1.0.0", "[method]socket.read") declare function host_tcp_socket_read(a0: i32, a1: i32, a2: i32, a3: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/tcp@1.0.0", "[method]socket.write") declare function host_tcp_socket_write(a0: i32, a1: i32, a2: i32, a3: i32, a4: i32): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/tcp@1.0.0", "[method]socket.shutdown") declare function host_tcp_socket_shutdown(a0: i32, a1: i32): void;
/** An open connection. Dropping it closes it at once; the host closes what is left when the instance ends. */
@final export class Socket {
  constructor(public handle: i32) {}
  /**
   * Connects, without encryption. Small writes are sent at once, and the system checks idle connections (keep-alive). `timeout-ms`: for
   * the name and the connection; 0 is the host's limit. Kinds of errors: denied (host and port are not granted, or too many sockets are
   * open), unavailable (no such name, refused), timeout.
   */
  static connect(host: string, port: u16, timeoutMs: u32): Result<Socket, PluginError> {
    const m = mark();
    const p0_p = alloc(8, 4); lowerString(host, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const p1_p = alloc(2, 2); store<u16>(p1_p, port); let p1_0: i32 = 0;
    p1_0 = <i32>load<u16>(p1_p);
    const p2_p = alloc(4, 4); store<u32>(p2_p, timeoutMs); let p2_0: i32 = 0;
    p2_0 = <i32>load<u32>(p2_p);
    const r = alloc(28, 4);
    host_tcp_socket_connect(p0_0, p0_1, p1_0, p2_0, <i32>r);
    const v = liftResultSocketPluginError(r); release(m);
    return v;
  }
  /**
   * Encrypts the connection from here on: right after `connect`, or when both sides have agreed to (STARTTLS) and nothing unread is left.
   * Kinds of errors: invalid (options that contradict each other), unavailable (the certificate is not accepted, no common version),
   * timeout. After an error the connection is of no use any more.
   */
  startTls(options: TlsOptions): PluginError | null {
    const m = mark();
    const p0_p = alloc(56, 4); lowerTlsOptions(options, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0; let p0_2: i32 = 0; let p0_3: i32 = 0; let p0_4: i32 = 0; let p0_5: i32 = 0; let p0_6: i32 = 0; let p0_7: i32 = 0; let p0_8: i32 = 0; let p0_9: i32 = 0; let p0_10: i32 = 0; let p0_11: i32 = 0; let p0_12: i32 = 0; let p0_13: i32 = 0;
    p0_0 = <i32>load<u8>(p0_p);
    switch (p0_0) {
      case 1: {
        p0_1 = <i32>load<i32>(p0_p + 4); p0_2 = <i32>load<i32>(p0_p + 4 + 4);
        break; }
      default: {}
    }
    p0_3 = <i32>load<u8>(p0_p + 12);
    switch (p0_3) {
      case 1: {
        p0_4 = <i32>load<i32>(p0_p + 12 + 4); p0_5 = <i32>load<i32>(p0_p + 12 + 4 + 4);
        break; }
      default: {}
    }
    p0_6 = <i32>load<u8>(p0_p + 24);
    switch (p0_6) {
      case 1: {
        p0_7 = <i32>load<i32>(p0_p + 24 + 4); p0_8 = <i32>load<i32>(p0_p + 24 + 4 + 4);
        break; }
      default: {}
    }
    p0_9 = <i32>load<u8>(p0_p + 36);
    switch (p0_9) {
      case 1: {
        p0_10 = <i32>load<i32>(p0_p + 36 + 4); p0_11 = <i32>load<i32>(p0_p + 36 + 4 + 4);
        break; }
      default: {}
    }
    p0_12 = <i32>load<i32>(p0_p + 48); p0_13 = <i32>load<i32>(p0_p + 48 + 4);
    const r = alloc(28, 4);
    host_tcp_socket_start_tls(this.handle, p0_0, p0_1, p0_2, p0_3, p0_4, p0_5, p0_6, p0_7, p0_8, p0_9, p0_10, p0_11, p0_12, p0_13, <i32>r);
    const v = liftResultUnitPluginError(r); release(m);
    return v;
  }
  /**
   * What has come, at least one byte and at most `max`; waits for it up to `timeout-ms` (0: only what is there already). Empty: nothing
   * came in time, and nothing is lost. None: the other side has ended its sending, now and for ever. Error unavailable: the connection
   * was lost.
   */
  read(max: u32, timeoutMs: u32): Result<Uint8Array | null, PluginError> {
    const m = mark();
    const p0_p = alloc(4, 4); store<u32>(p0_p, max); let p0_0: i32 = 0;
    p0_0 = <i32>load<u32>(p0_p);
    const p1_p = alloc(4, 4); store<u32>(p1_p, timeoutMs); let p1_0: i32 = 0;
    p1_0 = <i32>load<u32>(p1_p);
    const r = alloc(28, 4);
    host_tcp_socket_read(this.handle, p0_0, p1_0, <i32>r);
    const v = liftResultOptionListU8PluginError(r); release(m);
    return v;
  }
  /**
   * Sends all of `data`: resolves when the system has taken it, which says nothing about the other side. Error timeout: a part may have
   * been sent, so the connection is of no use any more. 0 is the host's limit.
   */
  write(data: Uint8Array, timeoutMs: u32): PluginError | null {
    const m = mark();
    const p0_p = alloc(8, 4); lowerListU8(data, p0_p); let p0_0: i32 = 0; let p0_1: i32 = 0;
    p0_0 = <i32>load<i32>(p0_p); p0_1 = <i32>load<i32>(p0_p + 4);
    const p1_p = alloc(4, 4); store<u32>(p1_p, timeoutMs); let p1_0: i32 = 0;
    p1_0 = <i32>load<u32>(p1_p);
    const r = alloc(28, 4);
    host_tcp_socket_write(this.handle, p0_0, p0_1, p1_0, <i32>r);
    const v = liftResultUnitPluginError(r); release(m);
    return v;
  }
  /** Ends sending: the other side reads its end after what was written. Reading goes on. */
  shutdown(): PluginError | null {
    const m = mark();
    const r = alloc(28, 4);
    host_tcp_socket_shutdown(this.handle, <i32>r);
    const v = liftResultUnitPluginError(r); release(m);
    return v;
  }
  /** Gives the handle away. */
  take(): i32 {
    const handle = this.handle;
    this.handle = 0;
    return handle;
  }
  /** Releases it. AssemblyScript has no destructors: call this when done; calling it again does nothing. */
  drop(): void {
    if (this.handle) drop_socket(this.take());
  }
}
