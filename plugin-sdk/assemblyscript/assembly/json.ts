import { Result, err, ok } from "./result";

export enum JsonKind {
  Null,
  Bool,
  /** A number without fraction and exponent that fits 64 bits. */
  Int,
  Float,
  String,
  Array,
  Object,
}

/** Deeper nesting is refused: the reader calls itself for each level. */
const DEEPEST: i32 = 128;

/** A JSON value: configuration of a plugin, or an object inside a row. */
@final export class Json {
  private constructor(
    readonly kind: JsonKind,
    readonly int: i64 = 0,
    readonly float: f64 = 0,
    readonly text: string = "",
    readonly items: Json[] = [],
    readonly members: Map<string, Json> | null = null,
  ) {}

  /** Reads one JSON text; the error says what was expected and at which character. */
  static parse(text: string): Result<Json, string> {
    const reader = new Reader(text);
    const value = reader.value(0);
    if (value !== null) {
      reader.blanks();
      if (reader.at == text.length) return ok<Json, string>(value);
      reader.fail("the end");
    }
    return err<Json, string>(reader.error);
  }

  static null(): Json { return new Json(JsonKind.Null); }
  static bool(value: bool): Json { return new Json(JsonKind.Bool, value ? 1 : 0); }
  static integer(value: i64): Json { return new Json(JsonKind.Int, value); }
  static number(value: f64): Json { return new Json(JsonKind.Float, 0, value); }
  static string(value: string): Json { return new Json(JsonKind.String, 0, 0, value); }
  static array(items: Json[]): Json { return new Json(JsonKind.Array, 0, 0, "", items); }
  static object(): Json { return new Json(JsonKind.Object, 0, 0, "", [], new Map<string, Json>()); }

  get isNull(): bool { return this.kind == JsonKind.Null; }
  get isString(): bool { return this.kind == JsonKind.String; }
  get isArray(): bool { return this.kind == JsonKind.Array; }
  get isObject(): bool { return this.kind == JsonKind.Object; }

  /** A number as f64, else `fallback`. */
  asNumber(fallback: f64 = NaN): f64 {
    if (this.kind == JsonKind.Int) return <f64>this.int;
    return this.kind == JsonKind.Float ? this.float : fallback;
  }

  /** Member of an object; null when there is none, or when this is not an object. */
  get(name: string): Json | null {
    const members = this.members;
    return members !== null && members.has(name) ? members.get(name) : null;
  }

  /** Adds a member to an object, or replaces it. */
  set(name: string, value: Json): Json {
    const members = this.members;
    assert(members !== null, "this Json is not an object");
    members!.set(name, value);
    return this;
  }

  /** Names of an object's members in their order; empty for anything else. */
  keys(): string[] {
    const members = this.members;
    return members === null ? [] : members.keys();
  }

  /** Member that is a text, else `fallback`. */
  getString(name: string, fallback: string = ""): string {
    const member = this.get(name);
    return member !== null && member.kind == JsonKind.String ? member.text : fallback;
  }

  /** Member that is a whole number, else `fallback`. */
  getInt(name: string, fallback: i64 = 0): i64 {
    const member = this.get(name);
    return member !== null && member.kind == JsonKind.Int ? member.int : fallback;
  }

  /** Member that is a number, else `fallback`. */
  getNumber(name: string, fallback: f64 = 0): f64 {
    const member = this.get(name);
    return member !== null ? member.asNumber(fallback) : fallback;
  }

  /** Member that is true or false, else `fallback`. */
  getBool(name: string, fallback: bool = false): bool {
    const member = this.get(name);
    return member !== null && member.kind == JsonKind.Bool ? member.int != 0 : fallback;
  }

  /** Member that is an array, else an empty one. */
  getArray(name: string): Json[] {
    const member = this.get(name);
    return member !== null ? member.items : [];
  }

  /** Texts of a member that is an array; a single text counts as an array of one. Others are left out. */
  getStrings(name: string): string[] {
    const member = this.get(name);
    const out: string[] = [];
    if (member === null) return out;
    if (member.kind == JsonKind.String) out.push(member.text);
    for (let i = 0; i < member.items.length; i++) if (member.items[i].kind == JsonKind.String) out.push(member.items[i].text);
    return out;
  }

  /** The JSON text without blanks. NaN and infinities become null. */
  toString(): string {
    const out: string[] = [];
    write(this, out);
    return out.join("");
  }
}

function write(value: Json, out: string[]): void {
  switch (value.kind) {
    case JsonKind.Bool: { out.push(value.int != 0 ? "true" : "false"); break; }
    case JsonKind.Int: { out.push(value.int.toString()); break; }
    case JsonKind.Float: { out.push(isFinite(value.float) ? value.float.toString() : "null"); break; }
    case JsonKind.String: { out.push(quote(value.text)); break; }
    case JsonKind.Array: {
      for (let i = 0; i < value.items.length; i++) {
        out.push(i == 0 ? "[" : ",");
        write(value.items[i], out);
      }
      out.push(value.items.length == 0 ? "[]" : "]");
      break;
    }
    case JsonKind.Object: {
      const keys = value.keys();
      for (let i = 0; i < keys.length; i++) {
        out.push(i == 0 ? "{" : ",");
        out.push(quote(keys[i]));
        out.push(":");
        write(value.get(keys[i])!, out);
      }
      out.push(keys.length == 0 ? "{}" : "}");
      break;
    }
    default: out.push("null");
  }
}

/** A text as a JSON string, with its quotation marks. */
export function quote(text: string): string {
  let out = '"';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 32 && c != 34 && c != 92) continue;
    out += text.substring(from, i);
    from = i + 1;
    if (c == 34) out += '\\"';
    else if (c == 92) out += "\\\\";
    else if (c == 10) out += "\\n";
    else if (c == 13) out += "\\r";
    else if (c == 9) out += "\\t";
    else out += c < 16 ? "\\u000" + c.toString(16) : "\\u00" + c.toString(16);
  }
  return out + text.substring(from) + '"';
}

// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@inline function isDigit(c: i32): bool {
  return c >= 48 && c <= 57;
}

/** After a failure `error` is set and every method gives null or nothing. */
class Reader {
  at: i32 = 0;
  error: string = "";

  constructor(private text: string) {}

  fail(expected: string): void {
    if (this.error.length > 0) return;
    const got = this.at < this.text.length ? quote(this.text.charAt(this.at)) : "the end";
    this.error = "expected " + expected + " at character " + (this.at + 1).toString() + ", got " + got;
  }

  peek(): i32 {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : -1;
  }

  blanks(): void {
    for (; this.at < this.text.length; this.at++) {
      const c = this.text.charCodeAt(this.at);
      if (c != 32 && c != 10 && c != 13 && c != 9) return;
    }
  }

  value(depth: i32): Json | null {
    this.blanks();
    const c = this.peek();
    if (depth > DEEPEST) {
      this.fail("at most " + DEEPEST.toString() + " levels");
      return null;
    }
    if (c == 123) return this.object(depth);
    if (c == 91) return this.array(depth);
    if (c == 34) {
      const text = this.string();
      return text === null ? null : Json.string(text);
    }
    if (c == 45 || isDigit(c)) return this.number();
    if (this.word("true")) return Json.bool(true);
    if (this.word("false")) return Json.bool(false);
    if (this.word("null")) return Json.null();
    this.fail("a JSON value");
    return null;
  }

  private word(word: string): bool {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private object(depth: i32): Json | null {
    const out = Json.object();
    this.at++;
    this.blanks();
    if (this.take(125)) return out;
    while (true) {
      this.blanks();
      const name = this.string();
      if (name === null) return null;
      this.blanks();
      if (!this.take(58)) {
        this.fail('":"');
        return null;
      }
      const value = this.value(depth + 1);
      if (value === null) return null;
      out.set(name, value);
      this.blanks();
      if (this.take(125)) return out;
      if (!this.take(44)) {
        this.fail('"," or "}"');
        return null;
      }
    }
    return null;
  }

  private array(depth: i32): Json | null {
    const items: Json[] = [];
    this.at++;
    this.blanks();
    if (this.take(93)) return Json.array(items);
    while (true) {
      const value = this.value(depth + 1);
      if (value === null) return null;
      items.push(value);
      this.blanks();
      if (this.take(93)) return Json.array(items);
      if (!this.take(44)) {
        this.fail('"," or "]"');
        return null;
      }
    }
    return null;
  }

  private take(c: i32): bool {
    if (this.peek() != c) return false;
    this.at++;
    return true;
  }

  private string(): string | null {
    if (!this.take(34)) {
      this.fail("a string");
      return null;
    }
    let out = "";
    let from = this.at;
    for (; this.at < this.text.length; this.at++) {
      const c = this.text.charCodeAt(this.at);
      if (c == 34) return out + this.text.substring(from, this.at++);
      if (c < 32) {
        this.fail("no control character inside a string");
        return null;
      }
      if (c != 92) continue;
      out += this.text.substring(from, this.at++);
      const escaped = this.escape();
      if (escaped < 0) return null;
      out += String.fromCharCode(escaped);
      from = this.at + 1;
    }
    this.fail("a closing quotation mark");
    return null;
  }

  /** At the character after the backslash; stays at the last one of the escape. */
  private escape(): i32 {
    const c = this.peek();
    switch (c) {
      case 34: case 92: case 47: return c;
      case 98: return 8;
      case 102: return 12;
      case 110: return 10;
      case 114: return 13;
      case 116: return 9;
      case 117: {
        let unit = 0;
        for (let i = 0; i < 4; i++) {
          this.at++;
          const digit = hexDigit(this.peek());
          if (digit < 0) {
            this.fail("four hexadecimal digits");
            return -1;
          }
          unit = (unit << 4) | digit;
        }
        return unit;
      }
      default: {
        this.fail('one of " \\ / b f n r t u after a backslash');
        return -1;
      }
    }
  }

  private digits(): i32 {
    const from = this.at;
    while (isDigit(this.peek())) this.at++;
    if (this.at == from) this.fail("a digit");
    return this.at - from;
  }

  private number(): Json | null {
    const start = this.at;
    const negative = this.take(45);
    const zero = this.peek() == 48;
    const whole = this.digits();
    if (zero && whole > 1) {
      this.at = start;
      this.fail("a number without leading zeros");
    }
    let integral = true;
    if (this.take(46)) {
      integral = false;
      this.digits();
    }
    if (this.peek() == 101 || this.peek() == 69) {
      integral = false;
      this.at++;
      if (!this.take(43)) this.take(45);
      this.digits();
    }
    if (this.error.length > 0) return null;
    if (integral && whole <= 19) {
      let n: u64 = 0;
      for (let i = start + i32(negative); i < this.at; i++) n = n * 10 + (this.text.charCodeAt(i) - 48);
      const largest: u64 = <u64>i64.MAX_VALUE + u64(negative);
      if (n <= largest) return Json.integer(negative ? -(<i64>n) : <i64>n);
    }
    return Json.number(F64.parseFloat(this.text.substring(start, this.at)));
  }
}

function hexDigit(c: i32): i32 {
  if (isDigit(c)) return c - 48;
  const lower = c | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
