// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.
import {
  Box,
  Pair,
  Result,
  ok,
  err,
} from "../result";
import {
  alloc,
  liftString,
  lowerString,
} from "../cabi";
import {
  Unread,
} from "../unread";
import {
  Value,
  ErrorKind,
  PluginError,
  RowBatch,
  Form,
  Batch,
  Parameter,
  Signature,
  Argument,
  Column,
  Failure,
  Results,
  ExecResult,
  Request,
  Response,
  TlsOptions,
  Description,
  Messages,
  Accumulator,
} from "./types";
import {
  Connection,
  Socket,
} from "./host";
export function liftOptionValue(p: usize): Value | null {
  if (load<u8>(p) == 0) return null;
  return liftValue(p + 8);
}
export function liftValue(p: usize): Value {
  switch (load<u8>(p)) {
    case 0: return Value.null();
    case 1: return Value.boolean(load<u8>(p + 8) != 0);
    case 2: return Value.int(load<i64>(p + 8));
    case 3: return Value.float(load<f64>(p + 8));
    case 4: return Value.text(liftString(load<usize>(p + 8), load<usize>(p + 8, 4)));
    case 5: return Value.bytes(liftListU8(load<usize>(p + 8), load<usize>(p + 8, 4)));
    case 6: return Value.timestamp(load<i64>(p + 8));
    case 7: return Value.json(liftString(load<usize>(p + 8), load<usize>(p + 8, 4)));
    default: throw new Error("the host sent an unknown value");
  }
}
export function liftListU8(p: usize, n: usize): Uint8Array {
  const a = new Uint8Array(<i32>n);
  memory.copy(a.dataStart, p, n * 1);
  return a;
}
export function lowerValue(v: Value, p: usize): void {
  store<u8>(p, <u8>v.tag);
  switch (v.tag) {
    case 1: { store<u8>(p + 8, v.asBoolean ? 1 : 0); break; }
    case 2: { store<i64>(p + 8, v.asInt); break; }
    case 3: { store<f64>(p + 8, v.asFloat); break; }
    case 4: { lowerString(v.asText, p + 8); break; }
    case 5: { lowerListU8(v.asBytes, p + 8); break; }
    case 6: { store<i64>(p + 8, v.asTimestamp); break; }
    case 7: { lowerString(v.asJson, p + 8); break; }
    default: {}
  }
}
export function lowerListU8(v: Uint8Array, p: usize): void {
  const n: usize = v.length, q = alloc(n * 1, 1);
  store<usize>(p, q); store<usize>(p, n, 4);
  memory.copy(q, v.dataStart, n * 1);
}
export function liftListString(p: usize, n: usize): Array<string> {
  const a = new Array<string>(<i32>n);
  for (let i = 0; i < <i32>n; i++, p += 8) unchecked((a[i] = liftString(load<usize>(p), load<usize>(p, 4))));
  return a;
}
export function liftResultConnectionPluginError(p: usize): Result<Connection, PluginError> {
  if (load<u8>(p) == 0) return ok<Connection, PluginError>(new Connection(load<i32>(p + 4)));
  return err<Connection, PluginError>(liftPluginError(p + 4));
}
export function liftPluginError(p: usize): PluginError {
  return new PluginError(<ErrorKind>load<u8>(p), liftString(load<usize>(p + 4), load<usize>(p + 4, 4)), liftOptionString(p + 12));
}
export function liftOptionString(p: usize): string | null {
  if (load<u8>(p) == 0) return null;
  return liftString(load<usize>(p + 4), load<usize>(p + 4, 4));
}
export function lowerListValue(v: Array<Value>, p: usize): void {
  const n: usize = v.length, q = alloc(n * 16, 8);
  store<usize>(p, q); store<usize>(p, n, 4);
  for (let i = 0, a = q; i < <i32>n; i++, a += 16) { lowerValue(unchecked(v[i]), a); }
}
export function liftResultRowBatchPluginError(p: usize): Result<RowBatch, PluginError> {
  if (load<u8>(p) == 0) return ok<RowBatch, PluginError>(liftRowBatch(p + 4));
  return err<RowBatch, PluginError>(liftPluginError(p + 4));
}
export function liftRowBatch(p: usize): RowBatch {
  return new RowBatch(liftListString(load<usize>(p), load<usize>(p, 4)), liftListListValue(load<usize>(p + 8), load<usize>(p + 8, 4)));
}
export function liftListListValue(p: usize, n: usize): Array<Array<Value>> {
  const a = new Array<Array<Value>>(<i32>n);
  for (let i = 0; i < <i32>n; i++, p += 8) unchecked((a[i] = liftListValue(load<usize>(p), load<usize>(p, 4))));
  return a;
}
export function liftListValue(p: usize, n: usize): Array<Value> {
  const a = new Array<Value>(<i32>n);
  for (let i = 0; i < <i32>n; i++, p += 16) unchecked((a[i] = liftValue(p)));
  return a;
}
export function liftResultExecResultPluginError(p: usize): Result<ExecResult, PluginError> {
  if (load<u8>(p) == 0) return ok<ExecResult, PluginError>(liftExecResult(p + 8));
  return err<ExecResult, PluginError>(liftPluginError(p + 8));
}
export function liftExecResult(p: usize): ExecResult {
  return new ExecResult(load<u64>(p), liftOptionI64(p + 8));
}
export function liftOptionI64(p: usize): Box<i64> | null {
  if (load<u8>(p) == 0) return null;
  return new Box<i64>(load<i64>(p + 8));
}
export function lowerListListValue(v: Array<Array<Value>>, p: usize): void {
  const n: usize = v.length, q = alloc(n * 8, 4);
  store<usize>(p, q); store<usize>(p, n, 4);
  for (let i = 0, a = q; i < <i32>n; i++, a += 8) { lowerListValue(unchecked(v[i]), a); }
}
export function liftResultUnitPluginError(p: usize): PluginError | null {
  if (load<u8>(p) == 0) return null;
  return liftPluginError(p + 4);
}
export function lowerRequest(v: Request, p: usize): void {
  lowerString(v.method, p);
  lowerString(v.url, p + 8);
  lowerListPairStringString(v.headers, p + 16);
  lowerOptionListU8(v.body, p + 24);
  store<u32>(p + 36, v.timeoutMs);
  store<u32>(p + 40, v.redirects);
}
export function lowerListPairStringString(v: Array<Pair<string, string>>, p: usize): void {
  const n: usize = v.length, q = alloc(n * 16, 4);
  store<usize>(p, q); store<usize>(p, n, 4);
  for (let i = 0, a = q; i < <i32>n; i++, a += 16) { lowerPairStringString(unchecked(v[i]), a); }
}
export function lowerPairStringString(v: Pair<string, string>, p: usize): void {
  lowerString(v.first, p);
  lowerString(v.second, p + 8);
}
export function lowerOptionListU8(v: Uint8Array | null, p: usize): void {
  if (v === null) { store<u8>(p, 0); return; }
  store<u8>(p, 1); lowerListU8(v, p + 4);
}
export function liftResultResponsePluginError(p: usize): Result<Response, PluginError> {
  if (load<u8>(p) == 0) return ok<Response, PluginError>(liftResponse(p + 4));
  return err<Response, PluginError>(liftPluginError(p + 4));
}
export function liftResponse(p: usize): Response {
  return new Response(load<u16>(p), liftListPairStringString(load<usize>(p + 4), load<usize>(p + 4, 4)), liftListU8(load<usize>(p + 12), load<usize>(p + 12, 4)));
}
export function liftListPairStringString(p: usize, n: usize): Array<Pair<string, string>> {
  const a = new Array<Pair<string, string>>(<i32>n);
  for (let i = 0; i < <i32>n; i++, p += 16) unchecked((a[i] = liftPairStringString(p)));
  return a;
}
export function liftPairStringString(p: usize): Pair<string, string> {
  return new Pair<string, string>(liftString(load<usize>(p), load<usize>(p, 4)), liftString(load<usize>(p + 8), load<usize>(p + 8, 4)));
}
export function liftResultSocketPluginError(p: usize): Result<Socket, PluginError> {
  if (load<u8>(p) == 0) return ok<Socket, PluginError>(new Socket(load<i32>(p + 4)));
  return err<Socket, PluginError>(liftPluginError(p + 4));
}
export function lowerTlsOptions(v: TlsOptions, p: usize): void {
  lowerOptionString(v.serverName, p);
  lowerOptionString(v.ca, p + 12);
  lowerOptionString(v.certificate, p + 24);
  lowerOptionString(v.key, p + 36);
  lowerListString(v.protocols, p + 48);
}
export function lowerOptionString(v: string | null, p: usize): void {
  if (v === null) { store<u8>(p, 0); return; }
  store<u8>(p, 1); lowerString(v, p + 4);
}
export function lowerListString(v: Array<string>, p: usize): void {
  const n: usize = v.length, q = alloc(n * 8, 4);
  store<usize>(p, q); store<usize>(p, n, 4);
  for (let i = 0, a = q; i < <i32>n; i++, a += 8) { lowerString(unchecked(v[i]), a); }
}
export function liftResultOptionListU8PluginError(p: usize): Result<Uint8Array | null, PluginError> {
  if (load<u8>(p) == 0) return ok<Uint8Array | null, PluginError>(liftOptionListU8(p + 4));
  return err<Uint8Array | null, PluginError>(liftPluginError(p + 4));
}
export function liftOptionListU8(p: usize): Uint8Array | null {
  if (load<u8>(p) == 0) return null;
  return liftListU8(load<usize>(p + 4), load<usize>(p + 4, 4));
}
export function lowerDescription(v: Description, p: usize): void {
  store<u8>(p, <u8>v.form);
  store<u8>(p + 1, v.resumes ? 1 : 0);
}
export function lowerResultUnitPluginError(v: PluginError | null, p: usize): void {
  if (v === null) { store<u8>(p, 0); return; }
  store<u8>(p, 1); lowerPluginError(v, p + 4);
}
export function lowerPluginError(v: PluginError, p: usize): void {
  store<u8>(p, <u8>v.kind);
  lowerString(v.message, p + 4);
  lowerOptionString(v.code, p + 12);
}
export function flatOptionString(a0: i32, a1: i32, a2: i32): string | null {
  const p = alloc(12, 4);
  store<u8>(p, <u8>a0);
  switch (a0) {
    case 1: {
      store<i32>(p + 4, a1); store<i32>(p + 4 + 4, a2);
      break; }
    default: {}
  }
  return liftOptionString(p);
}
export function lowerResultMessagesPluginError(v: Result<Messages, PluginError>, p: usize): void {
  if (v.isOk) { store<u8>(p, 0); lowerMessages(v.value, p + 4); }
  else { store<u8>(p, 1); lowerPluginError(v.error, p + 4); }
}
export function lowerMessages(v: Messages, p: usize): void {
  lowerBatch(v.batch, p);
  lowerListI64(v.timestamps, p + 20);
  lowerOptionRowBatch(v.meta, p + 28);
  lowerOptionString(v.offset, p + 48);
  store<u8>(p + 60, v.end ? 1 : 0);
}
export function lowerBatch(v: Batch, p: usize): void {
  store<u8>(p, <u8>v.tag);
  switch (v.tag) {
    case 0: { lowerRowBatch(v.asRows, p + 4); break; }
    case 1: { lowerListListU8(v.asEncoded, p + 4); break; }
    default: {}
  }
}
export function lowerRowBatch(v: RowBatch, p: usize): void {
  lowerListString(v.columns, p);
  v.lowerRows(p + 8);
}
export function lowerListListU8(v: Array<Uint8Array>, p: usize): void {
  const n: usize = v.length, q = alloc(n * 8, 4);
  store<usize>(p, q); store<usize>(p, n, 4);
  for (let i = 0, a = q; i < <i32>n; i++, a += 8) { lowerListU8(unchecked(v[i]), a); }
}
export function lowerListI64(v: Int64Array, p: usize): void {
  const n: usize = v.length, q = alloc(n * 8, 8);
  store<usize>(p, q); store<usize>(p, n, 4);
  memory.copy(q, v.dataStart, n * 8);
}
export function lowerOptionRowBatch(v: RowBatch | null, p: usize): void {
  if (v === null) { store<u8>(p, 0); return; }
  store<u8>(p, 1); lowerRowBatch(v, p + 4);
}
export function lowerResultFormPluginError(v: Result<Form, PluginError>, p: usize): void {
  if (v.isOk) { store<u8>(p, 0); store<u8>(p + 4, <u8>v.value); }
  else { store<u8>(p, 1); lowerPluginError(v.error, p + 4); }
}
export function flatBatch(a0: i32, a1: i32, a2: i32, a3: i32, a4: i32): Batch {
  const p = alloc(20, 4);
  store<u8>(p, <u8>a0);
  switch (a0) {
    case 0: {
      store<i32>(p + 4, a1); store<i32>(p + 4 + 4, a2);
      store<i32>(p + 4 + 8, a3); store<i32>(p + 4 + 8 + 4, a4);
      break; }
    case 1: {
      store<i32>(p + 4, a1); store<i32>(p + 4 + 4, a2);
      break; }
    default: {}
  }
  return viewBatch(p);
}
export function viewBatch(p: usize): Batch {
  switch (load<u8>(p)) {
    case 0: return Batch.rows(viewRowBatch(p + 4));
    case 1: return Batch.encoded(liftListListU8(load<usize>(p + 4), load<usize>(p + 4, 4)));
    default: throw new Error("the host sent an unknown batch");
  }
}
export function viewRowBatch(p: usize): RowBatch {
  return RowBatch.unread(liftListString(load<usize>(p), load<usize>(p, 4)), new Unread(load<usize>(p + 8), load<usize>(p + 8, 4)));
}
export function liftListListU8(p: usize, n: usize): Array<Uint8Array> {
  const a = new Array<Uint8Array>(<i32>n);
  for (let i = 0; i < <i32>n; i++, p += 8) unchecked((a[i] = liftListU8(load<usize>(p), load<usize>(p, 4))));
  return a;
}
export function flatOptionRowBatch(a0: i32, a1: i32, a2: i32, a3: i32, a4: i32): RowBatch | null {
  const p = alloc(20, 4);
  store<u8>(p, <u8>a0);
  switch (a0) {
    case 1: {
      store<i32>(p + 4, a1); store<i32>(p + 4 + 4, a2);
      store<i32>(p + 4 + 8, a3); store<i32>(p + 4 + 8 + 4, a4);
      break; }
    default: {}
  }
  return viewOptionRowBatch(p);
}
export function viewOptionRowBatch(p: usize): RowBatch | null {
  if (load<u8>(p) == 0) return null;
  return viewRowBatch(p + 4);
}
export function lowerListSignature(v: Array<Signature>, p: usize): void {
  const n: usize = v.length, q = alloc(n * 28, 4);
  store<usize>(p, q); store<usize>(p, n, 4);
  for (let i = 0, a = q; i < <i32>n; i++, a += 28) { lowerSignature(unchecked(v[i]), a); }
}
export function lowerSignature(v: Signature, p: usize): void {
  lowerString(v.name, p);
  lowerString(v.doc, p + 8);
  lowerListParameter(v.parameters, p + 16);
  store<u8>(p + 24, v.repeats ? 1 : 0);
  store<u8>(p + 25, <u8>v.returns);
  store<u8>(p + 26, <u8>v.nulls);
  store<u8>(p + 27, <u8>v.effect);
}
export function lowerListParameter(v: Array<Parameter>, p: usize): void {
  const n: usize = v.length, q = alloc(n * 20, 4);
  store<usize>(p, q); store<usize>(p, n, 4);
  for (let i = 0, a = q; i < <i32>n; i++, a += 20) { lowerParameter(unchecked(v[i]), a); }
}
export function lowerParameter(v: Parameter, p: usize): void {
  lowerString(v.name, p);
  store<u8>(p + 8, <u8>v.accepts);
  store<u8>(p + 9, v.optional ? 1 : 0);
  lowerString(v.doc, p + 12);
}
export function liftListArgument(p: usize, n: usize): Array<Argument> {
  const a = new Array<Argument>(<i32>n);
  for (let i = 0; i < <i32>n; i++, p += 24) unchecked((a[i] = liftArgument(p)));
  return a;
}
export function liftArgument(p: usize): Argument {
  switch (load<u8>(p)) {
    case 0: return Argument.constant(liftValue(p + 8));
    case 1: return Argument.expression(liftString(load<usize>(p + 8), load<usize>(p + 8, 4)));
    default: throw new Error("the host sent an unknown argument");
  }
}
export function lowerResultUnitString(v: string | null, p: usize): void {
  if (v === null) { store<u8>(p, 0); return; }
  store<u8>(p, 1); lowerString(v, p + 4);
}
export function liftListColumn(p: usize, n: usize): Array<Column> {
  const a = new Array<Column>(<i32>n);
  for (let i = 0; i < <i32>n; i++, p += 12) unchecked((a[i] = liftColumn(p)));
  return a;
}
export function liftColumn(p: usize): Column {
  switch (load<u8>(p)) {
    case 0: return Column.floats(liftListF64(load<usize>(p + 4), load<usize>(p + 4, 4)));
    case 1: return Column.ints(liftListI64(load<usize>(p + 4), load<usize>(p + 4, 4)));
    case 2: return Column.texts(liftListString(load<usize>(p + 4), load<usize>(p + 4, 4)));
    case 3: return Column.values(liftListValue(load<usize>(p + 4), load<usize>(p + 4, 4)));
    default: throw new Error("the host sent an unknown column");
  }
}
export function liftListF64(p: usize, n: usize): Float64Array {
  const a = new Float64Array(<i32>n);
  memory.copy(a.dataStart, p, n * 8);
  return a;
}
export function liftListI64(p: usize, n: usize): Int64Array {
  const a = new Int64Array(<i32>n);
  memory.copy(a.dataStart, p, n * 8);
  return a;
}
export function lowerResultResultsPluginError(v: Result<Results, PluginError>, p: usize): void {
  if (v.isOk) { store<u8>(p, 0); lowerResults(v.value, p + 4); }
  else { store<u8>(p, 1); lowerPluginError(v.error, p + 4); }
}
export function lowerResults(v: Results, p: usize): void {
  lowerColumn(v.values, p);
  lowerListFailure(v.failures, p + 12);
}
export function lowerColumn(v: Column, p: usize): void {
  store<u8>(p, <u8>v.tag);
  switch (v.tag) {
    case 0: { lowerListF64(v.asFloats, p + 4); break; }
    case 1: { lowerListI64(v.asInts, p + 4); break; }
    case 2: { lowerListString(v.asTexts, p + 4); break; }
    case 3: { lowerListValue(v.asValues, p + 4); break; }
    default: {}
  }
}
export function lowerListF64(v: Float64Array, p: usize): void {
  const n: usize = v.length, q = alloc(n * 8, 8);
  store<usize>(p, q); store<usize>(p, n, 4);
  memory.copy(q, v.dataStart, n * 8);
}
export function lowerListFailure(v: Array<Failure>, p: usize): void {
  const n: usize = v.length, q = alloc(n * 12, 4);
  store<usize>(p, q); store<usize>(p, n, 4);
  for (let i = 0, a = q; i < <i32>n; i++, a += 12) { lowerFailure(unchecked(v[i]), a); }
}
export function lowerFailure(v: Failure, p: usize): void {
  store<u32>(p, v.row);
  lowerString(v.message, p + 4);
}
export function lowerListAccumulator(v: Array<Accumulator>, p: usize): void {
  const n: usize = v.length, q = alloc(n * 32, 4);
  store<usize>(p, q); store<usize>(p, n, 4);
  for (let i = 0, a = q; i < <i32>n; i++, a += 32) { lowerAccumulator(unchecked(v[i]), a); }
}
export function lowerAccumulator(v: Accumulator, p: usize): void {
  lowerSignature(v.signature, p);
  store<u8>(p + 28, v.removes ? 1 : 0);
  store<u8>(p + 29, v.merges ? 1 : 0);
}
export function liftListU32(p: usize, n: usize): Uint32Array {
  const a = new Uint32Array(<i32>n);
  memory.copy(a.dataStart, p, n * 4);
  return a;
}
export function lowerResultListFailurePluginError(v: Result<Array<Failure>, PluginError>, p: usize): void {
  if (v.isOk) { store<u8>(p, 0); lowerListFailure(v.value, p + 4); }
  else { store<u8>(p, 1); lowerPluginError(v.error, p + 4); }
}
export function lowerResultListListU8PluginError(v: Result<Array<Uint8Array>, PluginError>, p: usize): void {
  if (v.isOk) { store<u8>(p, 0); lowerListListU8(v.value, p + 4); }
  else { store<u8>(p, 1); lowerPluginError(v.error, p + 4); }
}
export function lowerResultListU8PluginError(v: Result<Uint8Array, PluginError>, p: usize): void {
  if (v.isOk) { store<u8>(p, 0); lowerListU8(v.value, p + 4); }
  else { store<u8>(p, 1); lowerPluginError(v.error, p + 4); }
}
