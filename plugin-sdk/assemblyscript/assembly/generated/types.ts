// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.
import {
  Box,
  Pair,
} from "../result";
export enum ValueTag {
  Null,
  Boolean,
  Int,
  Float,
  Text,
  Bytes,
  /** Milliseconds since the Unix epoch. */
  Timestamp,
  /** An array or an object, as JSON text. */
  Json,
}
/** One SQL value. Arrays and objects travel as JSON text: WIT has no recursive types. */
@final export class Value {
  constructor(readonly tag: ValueTag, readonly bits: i64, readonly ref: Object | null) {}
  @inline static null(): Value { return new Value(0, 0, null); }
  @inline static boolean(value: bool): Value { return new Value(1, <i64>value, null); }
  @inline static int(value: i64): Value { return new Value(2, <i64>value, null); }
  @inline static float(value: f64): Value { return new Value(3, reinterpret<i64>(value), null); }
  @inline static text(value: string): Value { return new Value(4, 0, changetype<Object>(value)); }
  @inline static bytes(value: Uint8Array): Value { return new Value(5, 0, changetype<Object>(value)); }
  /** Milliseconds since the Unix epoch. */
  @inline static timestamp(value: i64): Value { return new Value(6, <i64>value, null); }
  /** An array or an object, as JSON text. */
  @inline static json(value: string): Value { return new Value(7, 0, changetype<Object>(value)); }
  @inline get isNull(): bool { return this.tag == 0; }
  @inline get isBoolean(): bool { return this.tag == 1; }
  get asBoolean(): bool { assert(this.tag == 1, "this Value is not boolean"); return this.bits != 0; }
  @inline get isInt(): bool { return this.tag == 2; }
  get asInt(): i64 { assert(this.tag == 2, "this Value is not int"); return <i64>this.bits; }
  @inline get isFloat(): bool { return this.tag == 3; }
  get asFloat(): f64 { assert(this.tag == 3, "this Value is not float"); return reinterpret<f64>(this.bits); }
  @inline get isText(): bool { return this.tag == 4; }
  get asText(): string { assert(this.tag == 4, "this Value is not text"); return changetype<string>(this.ref); }
  @inline get isBytes(): bool { return this.tag == 5; }
  get asBytes(): Uint8Array { assert(this.tag == 5, "this Value is not bytes"); return changetype<Uint8Array>(this.ref); }
  @inline get isTimestamp(): bool { return this.tag == 6; }
  get asTimestamp(): i64 { assert(this.tag == 6, "this Value is not timestamp"); return <i64>this.bits; }
  @inline get isJson(): bool { return this.tag == 7; }
  get asJson(): string { assert(this.tag == 7, "this Value is not json"); return changetype<string>(this.ref); }
}
/** What the engine does about an error depends on its kind. */
export enum ErrorKind {
  /** The configuration or an argument is wrong: the rule stops, nothing is retried. */
  Invalid,
  /** The other side cannot be reached now: reconnect with backoff, then retry. */
  Unavailable,
  /** The other side refused this data: it goes to the error path, the rule goes on. */
  Rejected,
  /** Not granted to this plugin. */
  Denied,
  /** Took longer than allowed. */
  Timeout,
  /** Anything else. */
  Internal,
}
/** Why a call failed. The message is shown in the rule's status: it says what was expected and what came, without secrets. */
@final export class PluginError {
  constructor(
    public kind: ErrorKind,
    public message: string,
    /** A code of the other side (an SQLSTATE, an HTTP status), if there is one. */
    public code: string | null,
  ) {}
}
/** Rows that share their columns. Row-major; every row has columns.len() values. */
@final export class RowBatch {
  constructor(
    public columns: Array<string>,
    public rows: Array<Array<Value>>,
  ) {}
}
/** info: life cycle. warn: recovers by itself. error: data was lost or a person must act. debug: never per row. */
export enum Level {
  Debug,
  Info,
  Warn,
  Error,
}
/** What a statement changed. */
@final export class ExecResult {
  constructor(
    public affectedRows: u64,
    /** The key that the database made for the (first) inserted row. */
    public lastInsertId: Box<i64> | null,
  ) {}
}
/** `url` must be of a granted origin; `timeout-ms` 0 is the host's limit. */
@final export class Request {
  constructor(
    public method: string,
    public url: string,
    public headers: Array<Pair<string, string>>,
    public body: Uint8Array | null,
    public timeoutMs: u32,
  ) {}
}
/** Any status is a response; only a request that was not answered is an error. */
@final export class Response {
  constructor(
    public status: u16,
    public headers: Array<Pair<string, string>>,
    public body: Uint8Array,
  ) {}
}
export enum PayloadTag {
  /** Bytes for the stream's FORMAT to decode. */
  Raw,
  /** A JSON object (or an array of objects). */
  Json,
}
/** What a message brings. */
@final export class Payload {
  constructor(readonly tag: PayloadTag, readonly bits: i64, readonly ref: Object | null) {}
  /** Bytes for the stream's FORMAT to decode. */
  @inline static raw(value: Uint8Array): Payload { return new Payload(0, 0, changetype<Object>(value)); }
  /** A JSON object (or an array of objects). */
  @inline static json(value: string): Payload { return new Payload(1, 0, changetype<Object>(value)); }
  @inline get isRaw(): bool { return this.tag == 0; }
  get asRaw(): Uint8Array { assert(this.tag == 0, "this Payload is not raw"); return changetype<Uint8Array>(this.ref); }
  @inline get isJson(): bool { return this.tag == 1; }
  get asJson(): string { assert(this.tag == 1, "this Payload is not json"); return changetype<string>(this.ref); }
}
/** One message of a source. */
@final export class Message {
  constructor(
    public payload: Payload,
    /** Event time in milliseconds, if the source knows it. */
    public timestamp: Box<i64> | null,
    /** For meta(): names and values. */
    public meta: Array<Pair<string, Value>>,
    /** Where to go on from after this message; given to `open` after a restart. */
    public offset: string | null,
  ) {}
}
export enum BatchTag {
  Rows,
  /** Encoded by the action's format or dataTemplate, one element per message. */
  Encoded,
}
/** What `collect` gets, in the form that `configure` asked for. */
@final export class Batch {
  constructor(readonly tag: BatchTag, readonly bits: i64, readonly ref: Object | null) {}
  @inline static rows(value: RowBatch): Batch { return new Batch(0, 0, changetype<Object>(value)); }
  /** Encoded by the action's format or dataTemplate, one element per message. */
  @inline static encoded(value: Array<Uint8Array>): Batch { return new Batch(1, 0, changetype<Object>(value)); }
  @inline get isRows(): bool { return this.tag == 0; }
  get asRows(): RowBatch { assert(this.tag == 0, "this Batch is not rows"); return changetype<RowBatch>(this.ref); }
  @inline get isEncoded(): bool { return this.tag == 1; }
  get asEncoded(): Array<Uint8Array> { assert(this.tag == 1, "this Batch is not encoded"); return changetype<Array<Uint8Array>>(this.ref); }
}
/** How the sink wants its data. */
export enum Form {
  Rows,
  Encoded,
}
/** scalar: one value from one row. aggregate: one value from a group. */
export enum Kind {
  Scalar,
  Aggregate,
}
/** One function, as SQL sees it. */
@final export class Info {
  constructor(
    /** Lower case; matched without regard to case. */
    public name: string,
    public kind: Kind,
    public minArgs: u32,
    /** None: any number. */
    public maxArgs: Box<u32> | null,
  ) {}
}
export enum ArgumentTag {
  Constant,
  Expression,
}
/** An argument as far as it is known when the statement is checked. */
@final export class Argument {
  constructor(readonly tag: ArgumentTag, readonly bits: i64, readonly ref: Object | null) {}
  @inline static constant(value: Value): Argument { return new Argument(0, 0, changetype<Object>(value)); }
  @inline static expression(value: string): Argument { return new Argument(1, 0, changetype<Object>(value)); }
  @inline get isConstant(): bool { return this.tag == 0; }
  get asConstant(): Value { assert(this.tag == 0, "this Argument is not constant"); return changetype<Value>(this.ref); }
  @inline get isExpression(): bool { return this.tag == 1; }
  get asExpression(): string { assert(this.tag == 1, "this Argument is not expression"); return changetype<string>(this.ref); }
}
export enum ColumnTag {
  Floats,
  Values,
}
/** One argument of an aggregate function: its value in every row of the group. */
@final export class Column {
  constructor(readonly tag: ColumnTag, readonly bits: i64, readonly ref: Object | null) {}
  @inline static floats(value: Float64Array): Column { return new Column(0, 0, changetype<Object>(value)); }
  @inline static values(value: Array<Value>): Column { return new Column(1, 0, changetype<Object>(value)); }
  @inline get isFloats(): bool { return this.tag == 0; }
  get asFloats(): Float64Array { assert(this.tag == 0, "this Column is not floats"); return changetype<Float64Array>(this.ref); }
  @inline get isValues(): bool { return this.tag == 1; }
  get asValues(): Array<Value> { assert(this.tag == 1, "this Column is not values"); return changetype<Array<Value>>(this.ref); }
}
