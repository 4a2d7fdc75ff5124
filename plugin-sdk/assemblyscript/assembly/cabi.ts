// The Canonical ABI's side of the guest: memory for what crosses the border, and what the AssemblyScript runtime
// would otherwise import from `env`. Only constants may initialise the globals of this file: `abort` is compiled
// into every allocation and so runs before anything else is initialised.

/** The arena is a list of chunks; each begins with the address of the one before it and its own end. */
const FIRST_CHUNK: usize = 65536;
const LARGEST_CHUNK: usize = 1048576;
const HEADER: usize = 16;

let chunk: usize = 0;
let top: usize = 0;
let end: usize = 0;

function addChunk(atLeast: usize): void {
  let size = FIRST_CHUNK;
  if (chunk != 0) size = min((end - chunk) << 1, LARGEST_CHUNK);
  size = max(size, atLeast + HEADER);
  const p = heap.alloc(size);
  store<usize>(p, chunk);
  store<usize>(p, p + size, 4);
  chunk = p;
  top = p + HEADER;
  end = p + size;
}

/** What the host writes into the guest, and what the guest hands out, lives here until the call's post-return. */
export function cabi_realloc(old: usize, oldSize: usize, align: usize, newSize: usize): usize {
  if (oldSize != 0 && old + oldSize == top && newSize <= end - old) {
    top = old + newSize;
    return old;
  }
  let p = (top + align - 1) & ~(align - 1);
  if (chunk == 0 || p > end || newSize > end - p) {
    if (newSize > 0x3fffffff) unreachable();
    addChunk(newSize + align);
    p = (top + align - 1) & ~(align - 1);
  }
  top = p + newSize;
  if (oldSize != 0) memory.copy(p, old, min(oldSize, newSize));
  return p;
}

// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@inline export function alloc(size: usize, align: usize): usize {
  return cabi_realloc(0, 0, align, size);
}

/** Before a call of the host: `release` of it frees what the call put into the arena. */
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@inline export function mark(): u64 {
  return (<u64>chunk << 32) | <u64>top;
}

export function release(m: u64): void {
  const marked = <usize>(m >> 32);
  dropUntil(marked);
  if (marked != 0) top = <usize>(m & 0xffffffff);
}

/** After a call by the host: the first chunk stays for the next one. */
export function reset(): void {
  ended++;
  dropUntil(0);
}

let ended: u32 = 0;

/** How many calls by the host have ended: tells whether what one of them brought still lies here. */
export function calls(): u32 {
  return ended;
}

function dropUntil(marked: usize): void {
  if (chunk == 0) return;
  while (chunk != marked) {
    const before = load<usize>(chunk);
    if (before == 0) break;
    heap.free(chunk);
    chunk = before;
  }
  top = chunk + HEADER;
  end = load<usize>(chunk, 4);
}

/** Eight bytes of ASCII have none of these bits, nor have four UTF-16 units of ASCII the others. */
const NOT_ASCII: u64 = 0x8080808080808080;
const NOT_ASCII_UNITS: u64 = 0xff80ff80ff80ff80;

export function liftString(p: usize, n: usize): string {
  if (!isAscii(p, n)) return String.UTF8.decodeUnsafe(p, n);
  const made = __new(n << 1, idof<string>());
  let i: usize = 0;
  for (; i + 4 <= n; i += 4) {
    let four = <u64>load<u32>(p + i);
    four = (four | (four << 16)) & 0x0000ffff0000ffff;
    store<u64>(made + (i << 1), (four | (four << 8)) & 0x00ff00ff00ff00ff);
  }
  for (; i < n; i++) store<u16>(made + (i << 1), <u16>load<u8>(p + i));
  return changetype<string>(made);
}

export function lowerString(s: string, at: usize): void {
  const length = <usize>s.length;
  const most = length * 3;
  const p = alloc(most, 1);
  const n = lowerAscii(s, p) ? length : <usize>String.UTF8.encodeUnsafe(changetype<usize>(s), s.length, p);
  cabi_realloc(p, most, 1, n);
  store<usize>(at, p);
  store<usize>(at, n, 4);
}

function isAscii(p: usize, n: usize): bool {
  let i: usize = 0;
  for (; i + 8 <= n; i += 8) if ((load<u64>(p + i) & NOT_ASCII) != 0) return false;
  for (; i < n; i++) if (load<u8>(p + i) > 127) return false;
  return true;
}

/** Writes the units of the text as bytes; false when one of them is not ASCII. */
function lowerAscii(s: string, p: usize): bool {
  const from = changetype<usize>(s);
  const n = <usize>s.length;
  let i: usize = 0;
  for (; i + 4 <= n; i += 4) {
    let four = load<u64>(from + (i << 1));
    if ((four & NOT_ASCII_UNITS) != 0) return false;
    four = (four | (four >> 8)) & 0x0000ffff0000ffff;
    store<u32>(p + i, <u32>(four | (four >> 16)));
  }
  for (; i < n; i++) {
    const unit = load<u16>(from + (i << 1));
    if (unit > 127) return false;
    store<u8>(p + i, <u8>unit);
  }
  return true;
}

// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/log@1.0.0", "log") declare function hostLog(level: i32, p: usize, n: usize): void;
// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know
@external("plutino:plugin/random@1.0.0", "next") declare function hostRandom(): u64;

const LEVEL_DEBUG: i32 = 0;
const LEVEL_ERROR: i32 = 3;

/** UTF-16 units of a message and of a file name that are shown; a unit takes at most three bytes. */
const LONGEST: i32 = 800;
const text: usize = memory.data(5120);
let aborting: bool = false;

function append(at: usize, s: string): usize {
  return at + String.UTF8.encodeUnsafe(changetype<usize>(s), min(s.length, LONGEST), at);
}

function appendNumber(at: usize, n: u32): usize {
  if (n >= 10) at = appendNumber(at, n / 10);
  store<u8>(at, <u8>(48 + (n % 10)));
  return at + 1;
}

/** `throw`, failed assertions and failed allocations end here: message, file and line go to the rule's log. Allocates nothing. */
export function abort_(message: string | null, file: string | null, line: u32, column: u32): void {
  if (!aborting) {
    aborting = true;
    let at = append(text, message === null ? "abort" : message);
    at = append(at, " (");
    at = append(at, file === null ? "unknown file" : file);
    at = append(at, ":");
    at = appendNumber(at, line);
    at = append(at, ":");
    at = appendNumber(at, column);
    at = append(at, ")");
    hostLog(LEVEL_ERROR, text, at - text);
  }
  unreachable();
}

/** The seed of Math.random. */
export function seed_(): f64 {
  return reinterpret<f64>(hostRandom());
}

/** `trace("x", 2, a, b)`: a line of level debug. */
export function trace_(message: string, n: i32 = 0, a0: f64 = 0, a1: f64 = 0, a2: f64 = 0, a3: f64 = 0, a4: f64 = 0): void {
  let line = message;
  if (n > 0) line += " " + a0.toString();
  if (n > 1) line += " " + a1.toString();
  if (n > 2) line += " " + a2.toString();
  if (n > 3) line += " " + a3.toString();
  if (n > 4) line += " " + a4.toString();
  const m = mark();
  const at = alloc(8, 4);
  lowerString(line, at);
  hostLog(LEVEL_DEBUG, load<usize>(at), load<usize>(at, 4));
  release(m);
}
