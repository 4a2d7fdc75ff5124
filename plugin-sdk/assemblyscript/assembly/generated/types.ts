// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.
import {
  Box,
  Pair,
} from "../result";
import {
  Unread,
} from "../unread";
import {
  liftListListValue,
  lowerListListValue,
} from "./codec";
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
    /** What the engine does. */
    public kind: ErrorKind,
    /** One sentence for people. */
    public message: string,
    /** A code of the other side (an SQLSTATE, an HTTP status), if there is one. */
    public code: string | null,
  ) {}
}
/** Rows that share their columns. Row-major; every row has columns.len() values. */
@final export class RowBatch {
  private unread: Unread | null = null;
  private list: Array<Array<Value>>;
  constructor(
    /** Names, in the order of the values of each row. No name comes twice. */
    public columns: Array<string>,
    /** As many values in each as there are columns. */
    rows: Array<Array<Value>>,
  ) { this.list = rows; }
  /** Of what the host has written: it is read when somebody asks for it, until the call that brought it ends. */
  static unread(columns: Array<string>, unread: Unread): RowBatch {
    const made = new RowBatch(columns, []);
    made.unread = unread;
    return made;
  }
  /** How many rows there are. */
  get rowsCount(): i32 {
    const unread = this.unread;
    return unread === null ? this.list.length : <i32>unread.count;
  }
  /** As many values in each as there are columns. */
  get rows(): Array<Array<Value>> {
    const unread = this.unread;
    if (unread !== null) {
      this.list = liftListListValue(unread.address(), unread.count);
      this.unread = null;
    }
    return this.list;
  }
  set rows(list: Array<Array<Value>>) {
    this.list = list;
    this.unread = null;
  }
  /** For the glue: gives the rows to the host, as they are when nobody has read them. */
  lowerRows(p: usize): void {
    const unread = this.unread;
    if (unread === null) lowerListListValue(this.list, p);
    else {
      store<usize>(p, unread.address()); store<usize>(p, unread.count, 4);
    }
  }
}
/** In what form a source gives its messages, or a sink takes them. */
export enum Form {
  /** Values with names: no FORMAT stands between the plugin and SQL. */
  Rows,
  /** Bytes, one piece for each message, of the stream's or the action's FORMAT. */
  Encoded,
}
export enum BatchTag {
  Rows,
  /** One element for each message. */
  Encoded,
}
/** Messages of a source or for a sink. */
@final export class Batch {
  constructor(readonly tag: BatchTag, readonly bits: i64, readonly ref: Object | null) {}
  @inline static rows(value: RowBatch): Batch { return new Batch(0, 0, changetype<Object>(value)); }
  /** One element for each message. */
  @inline static encoded(value: Array<Uint8Array>): Batch { return new Batch(1, 0, changetype<Object>(value)); }
  @inline get isRows(): bool { return this.tag == 0; }
  get asRows(): RowBatch { assert(this.tag == 0, "this Batch is not rows"); return changetype<RowBatch>(this.ref); }
  @inline get isEncoded(): bool { return this.tag == 1; }
  get asEncoded(): Array<Uint8Array> { assert(this.tag == 1, "this Batch is not encoded"); return changetype<Array<Uint8Array>>(this.ref); }
}
/**
 * SQL type of a parameter or a result of a function. A value of another type is converted where nothing is lost (bigint and float
 * into each other, say), and is an error of its row where something would be.
 */
export enum ValueType {
  /** Every value. */
  Any,
  /** An int or a float, as it comes. */
  Number,
  Int,
  Float,
  Text,
  Boolean,
  Bytes,
  Timestamp,
  /** As JSON text. */
  Array,
  /** As JSON text. */
  Object,
}
/** One parameter of a function, as SQL and documentation show it. */
@final export class Parameter {
  constructor(
    /** For messages and documentation. */
    public name: string,
    /** Other types are refused when a statement is created, as far as they are known then. */
    public accepts: ValueType,
    /** It may be left out, and so may every parameter after it. */
    public optional: bool,
    /** One sentence. */
    public doc: string,
  ) {}
}
/** What happens when an argument is null. */
export enum NullRule {
  /** The result is null, and the function is not called for that row. For an aggregate function: the row is not added. */
  Skip,
  /** The function is called and finds null in its arguments. */
  Call,
}
/** What a result depends on. */
export enum Effect {
  /** The arguments alone. The engine may keep results, and may leave calls out or repeat them. */
  Pure,
  /** Also the time, chance or the outside world. Called once for each row. */
  Volatile,
  /** Also the rows before, which come one after the other in the order of the rule, of one `place` at a time. */
  Stateful,
}
/** A function as SQL sees it; statements are checked by it when they are created. */
@final export class Signature {
  constructor(
    /** Letters, digits and _, a letter first; matched without regard to case. A name that the server has already is refused at installation. */
    public name: string,
    /** What it does, in one or two sentences. */
    public doc: string,
    /** In their order. */
    public parameters: Array<Parameter>,
    /** The last parameter may come any number of times more. */
    public repeats: bool,
    /** A result of another type is an error of its row; null is always allowed. */
    public returns: ValueType,
    /** What null as an argument means. */
    public nulls: NullRule,
    /** What may be kept, repeated or left out. */
    public effect: Effect,
  ) {}
}
export enum ArgumentTag {
  Constant,
  /** Differs from row to row; the text of the expression, for messages. */
  Expression,
}
/** What is known of an argument before there are rows. */
@final export class Argument {
  constructor(readonly tag: ArgumentTag, readonly bits: i64, readonly ref: Object | null) {}
  @inline static constant(value: Value): Argument { return new Argument(0, 0, changetype<Object>(value)); }
  /** Differs from row to row; the text of the expression, for messages. */
  @inline static expression(value: string): Argument { return new Argument(1, 0, changetype<Object>(value)); }
  @inline get isConstant(): bool { return this.tag == 0; }
  get asConstant(): Value { assert(this.tag == 0, "this Argument is not constant"); return changetype<Value>(this.ref); }
  @inline get isExpression(): bool { return this.tag == 1; }
  get asExpression(): string { assert(this.tag == 1, "this Argument is not expression"); return changetype<string>(this.ref); }
}
export enum ColumnTag {
  Floats,
  Ints,
  Texts,
  Values,
}
/**
 * One argument for many rows, or the results of many rows. The host chooses by the declared type alone, so that a function may rely on
 * it: a parameter of type float, int or text comes as floats, ints or texts when the function's null rule is `skip`; all others come as
 * values. A guest may give results in any form whose values agree with the declared type.
 */
@final export class Column {
  constructor(readonly tag: ColumnTag, readonly bits: i64, readonly ref: Object | null) {}
  @inline static floats(value: Float64Array): Column { return new Column(0, 0, changetype<Object>(value)); }
  @inline static ints(value: Int64Array): Column { return new Column(1, 0, changetype<Object>(value)); }
  @inline static texts(value: Array<string>): Column { return new Column(2, 0, changetype<Object>(value)); }
  @inline static values(value: Array<Value>): Column { return new Column(3, 0, changetype<Object>(value)); }
  @inline get isFloats(): bool { return this.tag == 0; }
  get asFloats(): Float64Array { assert(this.tag == 0, "this Column is not floats"); return changetype<Float64Array>(this.ref); }
  @inline get isInts(): bool { return this.tag == 1; }
  get asInts(): Int64Array { assert(this.tag == 1, "this Column is not ints"); return changetype<Int64Array>(this.ref); }
  @inline get isTexts(): bool { return this.tag == 2; }
  get asTexts(): Array<string> { assert(this.tag == 2, "this Column is not texts"); return changetype<Array<string>>(this.ref); }
  @inline get isValues(): bool { return this.tag == 3; }
  get asValues(): Array<Value> { assert(this.tag == 3, "this Column is not values"); return changetype<Array<Value>>(this.ref); }
}
/** A row for which there is no result. The row goes to the rule's error path with this message; the others are not affected. */
@final export class Failure {
  constructor(
    /** Its place in the batch, from 0. */
    public row: u32,
    /** What was expected and what came. */
    public message: string,
  ) {}
}
/** Results of a batch. */
@final export class Results {
  constructor(
    /** One for each row, in their order. What stands at a row that failed is not looked at. */
    public values: Column,
    /** In the order of the rows. */
    public failures: Array<Failure>,
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
    /** As the database counts them. */
    public affectedRows: u64,
    /** The key that the database made for the (first) inserted row. */
    public lastInsertId: Box<i64> | null,
  ) {}
}
/** What is sent. */
@final export class Request {
  constructor(
    /** GET, POST ... */
    public method: string,
    /** http or https, of a granted origin. */
    public url: string,
    /** Names without regard to case; one may come several times. Host and Content-Length are the host's business. */
    public headers: Array<Pair<string, string>>,
    /** None for GET. */
    public body: Uint8Array | null,
    /** For the whole answer; 0 is the host's limit. */
    public timeoutMs: u32,
    /** How many redirects are followed, each to a granted origin only. 0: the redirect is the response. */
    public redirects: u32,
  ) {}
}
/** Any status is a response; only a request that was not answered is an error. */
@final export class Response {
  constructor(
    /** 200, 404 ... */
    public status: u16,
    /** Names in lower case, in the order of the answer. */
    public headers: Array<Pair<string, string>>,
    /** Decompressed, if the other side compressed it. */
    public body: Uint8Array,
  ) {}
}
/** How to encrypt a connection. The certificate of the other side is always checked. */
@final export class TlsOptions {
  constructor(
    /** Name that the certificate must have, and that is sent as SNI; none: the host that was connected to. */
    public serverName: string | null,
    /** Certificates in PEM that are trusted instead of those of the host: for servers with a certificate of their own. */
    public ca: string | null,
    /** Certificate of this side in PEM, with its chain, and its key in PEM. Both or none. */
    public certificate: string | null,
    /** Of `certificate`. */
    public key: string | null,
    /** Application protocols (ALPN) in order of preference; may be empty. */
    public protocols: Array<string>,
  ) {}
}
/** What does not depend on a configuration. */
@final export class Description {
  constructor(
    /** `collect` gives batches of this form only. */
    public form: Form,
    /** `open` can go on from an offset: with it a rule loses nothing when it starts again. */
    public resumes: bool,
  ) {}
}
/** What one `collect` brought. */
@final export class Messages {
  constructor(
    /** In the order in which they came; may be empty. */
    public batch: Batch,
    /** Event times in milliseconds since the Unix epoch: none (the time of arrival is taken), or one for each message. */
    public timestamps: Int64Array,
    /** For meta(): names once, and a row of values for each message. Null: that message has no such. */
    public meta: RowBatch | null,
    /**
     * Where to go on from after the last of these messages; text that only this source understands. Later batches have later offsets.
     * None: nothing to acknowledge here.
     */
    public offset: string | null,
    /** There will never be more: the rule ends when these are processed. `collect` is not called again. */
    public end: bool,
  ) {}
}
/** An aggregate function. Its `effect` says whether results depend on the rows alone. */
@final export class Accumulator {
  constructor(
    /** As of a scalar function. */
    public signature: Signature,
    /** `remove` works: sliding windows then need not add all of their rows again. */
    public removes: bool,
    /** `merge` works: parts of a group may then be added in different places. */
    public merges: bool,
  ) {}
}
