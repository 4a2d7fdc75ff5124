import { Json, quote } from "./json";

/** Deeper nesting is refused: the reader calls itself for each level. */
const DEEPEST: i32 = 128;

// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@inline function isDigit(c: i32): bool {
  return c >= 48 && c <= 57;
}

/** After a failure `error` is set and every method gives null or nothing. */
export class JsonReader {
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
