import { freshBytes } from '../imports/random.ts'
import { GuestTrap } from '../abi/trap.ts'

/** Randomness that one call may ask for. */
const MOST_RANDOM = 65_536
/** A line that does not end is cut here. */
const LINE_BYTES = 8192
const NANOSECONDS = 1_000_000n

type Print = (level: string, text: string) => void

/**
 * WASI 0.2 for plugins: clocks, randomness and output, which goes to the rule's log; no files, no network, an empty environment. By the
 * names that the translator's script asks for: without versions.
 */
export function wasiImports(print: Print): Readonly<Record<string, unknown>> {
  return { ...cliImports(print), ...ioImports(), ...clockImports(), ...randomImports(), ...filesystemImports() }
}

class Pollable {
  readonly #due: bigint

  /** `due`: nanoseconds of the monotonic clock. */
  constructor(due = 0n) {
    this.#due = due
  }

  get left(): bigint {
    const left = this.#due - process.hrtime.bigint()
    return left > 0n ? left : 0n
  }

  ready(): boolean {
    return this.left === 0n
  }

  block(): void {
    wait(this.left)
  }
}

/** The time counts as the guest's own: who waits longer than a call may take, ends. */
function wait(nanoseconds: bigint): void {
  if (nanoseconds > 0n) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(nanoseconds) / Number(NANOSECONDS))
}

/** Indices of those that are ready, at least one. */
function poll(pollables: readonly Pollable[]): Uint32Array {
  const ready = (): number[] => pollables.flatMap((one, i) => (one.ready() ? [i] : []))
  let found = ready()
  while (found.length === 0) {
    wait(pollables.reduce((least, one) => (one.left < least ? one.left : least), pollables[0]?.left ?? 0n))
    found = ready()
  }
  return Uint32Array.from(found)
}

/** Nothing ever comes. */
class InputStream {
  read(): never {
    return closed()
  }

  blockingRead(): never {
    return closed()
  }

  skip(): never {
    return closed()
  }

  blockingSkip(): never {
    return closed()
  }

  subscribe(): Pollable {
    return new Pollable()
  }
}

function closed(): never {
  // oxlint-disable-next-line typescript/only-throw-error -- how the translator's script takes an error of the WIT
  throw { tag: 'closed' }
}

/** Lines for the log. */
class OutputStream {
  readonly #write: (line: string) => void
  #rest: Buffer = Buffer.alloc(0)

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  checkWrite(): bigint {
    return 65_536n
  }

  write(bytes: Uint8Array): void {
    let rest = Buffer.concat([this.#rest, bytes])
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      this.#write(rest.toString('utf8', 0, Math.min(end, LINE_BYTES)))
      rest = rest.subarray(end + 1)
    }
    this.#rest = rest.subarray(0, LINE_BYTES)
  }

  writeZeroes(): void {}

  flush(): void {}

  blockingFlush(): void {}

  blockingWriteAndFlush(bytes: Uint8Array): void {
    this.write(bytes)
  }

  blockingWriteZeroesAndFlush(): void {}

  splice(): never {
    return closed()
  }

  blockingSplice(): never {
    return closed()
  }

  subscribe(): Pollable {
    return new Pollable()
  }
}

class IoError {
  toDebugString(): string {
    return 'plugins have no such thing'
  }
}

/** A resource of which there is none. */
function resource(): { readonly prototype: object } {
  // oxlint-disable-next-line typescript/no-extraneous-class -- the translator's script asks for a class
  return class {}
}

function cliImports(print: Print): Readonly<Record<string, unknown>> {
  const stdout = new OutputStream((line) => print('info', line))
  const stderr = new OutputStream((line) => print('error', line))
  const exit = (status: string): never => {
    throw new GuestTrap(`the guest called exit (${status})`)
  }
  const none = (): undefined => undefined
  return {
    'wasi:cli/environment': { getEnvironment: () => [], getArguments: () => [], initialCwd: none },
    'wasi:cli/exit': { exit: (status: { readonly tag: string }) => exit(status.tag), exitWithCode: (code: number) => exit(String(code)) },
    'wasi:cli/stdin': { getStdin: () => new InputStream() },
    'wasi:cli/stdout': { getStdout: () => stdout },
    'wasi:cli/stderr': { getStderr: () => stderr },
    'wasi:cli/terminal-input': { TerminalInput: resource() },
    'wasi:cli/terminal-output': { TerminalOutput: resource() },
    'wasi:cli/terminal-stdin': { getTerminalStdin: none },
    'wasi:cli/terminal-stdout': { getTerminalStdout: none },
    'wasi:cli/terminal-stderr': { getTerminalStderr: none },
  }
}

function ioImports(): Readonly<Record<string, unknown>> {
  return {
    'wasi:io/error': { Error: IoError },
    'wasi:io/poll': { Pollable, poll },
    'wasi:io/streams': { InputStream, OutputStream },
  }
}

function clockImports(): Readonly<Record<string, unknown>> {
  return {
    'wasi:clocks/monotonic-clock': {
      now: () => process.hrtime.bigint(),
      resolution: () => 1n,
      subscribeDuration: (nanoseconds: bigint) => new Pollable(process.hrtime.bigint() + nanoseconds),
      subscribeInstant: (due: bigint) => new Pollable(due),
    },
    'wasi:clocks/wall-clock': {
      now: () => {
        const milliseconds = Date.now()
        return { seconds: BigInt(Math.floor(milliseconds / 1000)), nanoseconds: (milliseconds % 1000) * Number(NANOSECONDS) }
      },
      resolution: () => ({ seconds: 0n, nanoseconds: Number(NANOSECONDS) }),
    },
  }
}

function randomImports(): Readonly<Record<string, unknown>> {
  const bytes = (count: bigint): Uint8Array => {
    if (count > BigInt(MOST_RANDOM)) throw new GuestTrap(`the guest asked for ${count} random bytes at once; ${MOST_RANDOM} are allowed`)
    return new Uint8Array(freshBytes(Number(count)))
  }
  const number = (): bigint => freshBytes(8).readBigUInt64LE()
  return {
    'wasi:random/random': { getRandomBytes: bytes, getRandomU64: number },
    'wasi:random/insecure': { getInsecureRandomBytes: bytes, getInsecureRandomU64: number },
    'wasi:random/insecure-seed': { insecureSeed: () => [number(), number()] },
  }
}

/** There are no folders, so nothing can be opened: no descriptor ever comes into being. */
function filesystemImports(): Readonly<Record<string, unknown>> {
  const [Descriptor, DirectoryEntryStream] = [resource(), resource()]
  const refused = (): never => {
    // oxlint-disable-next-line typescript/only-throw-error -- how the translator's script takes an error of the WIT
    throw 'not-permitted'
  }
  for (const type of [Descriptor, DirectoryEntryStream]) {
    const everything = new Proxy({}, { get: (_, name) => (typeof name === 'string' && name !== 'constructor' ? refused : undefined) })
    Object.setPrototypeOf(type.prototype, everything)
  }
  return {
    'wasi:filesystem/preopens': { getDirectories: () => [] },
    'wasi:filesystem/types': { Descriptor, DirectoryEntryStream, filesystemErrorCode: () => undefined },
  }
}
