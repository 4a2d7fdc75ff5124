import { JsonReader } from "./json-reader";
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
    const reader = new JsonReader(text);
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
