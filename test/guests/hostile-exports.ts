import { BUMP_ALLOCATOR } from '../support/components.ts'

/** Where guests keep their result: nothing but zeros, so that it says `ok` and as little as there can be. */
const RESULT = 64

interface Export {
  readonly name: string
  /** How many core parameters it has. */
  readonly params: number
  readonly result: boolean
}

const one = (name: string, params: number, result = true): Export => ({ name, params, result })

/** The interfaces of the WIT that make a plugin, and what the host calls of them. */
export const EXPORTS = {
  source: [one('describe', 0), one('configure', 4), one('open', 3), one('collect', 2), one('commit', 2), one('close', 0, false)],
  sink: [one('configure', 2), one('open', 0), one('collect', 10), one('close', 0, false)],
  scalar: [one('functions', 0), one('prepare', 4), one('exec', 5)],
  aggregate: [
    one('aggregates', 0),
    one('prepare', 4),
    one('add', 6),
    one('remove', 6),
    one('merge', 6),
    one('finish', 4),
    one('drop', 2, false),
    one('save', 4),
    one('restore', 6),
  ],
} as const satisfies Record<string, readonly Export[]>

/** What does the work of each. */
export const WORK: Readonly<Record<keyof typeof EXPORTS, string>> = { source: 'collect', sink: 'collect', scalar: 'exec', aggregate: 'add' }

export type Interface = keyof typeof EXPORTS

export interface HostileParts {
  /** Bodies by export; each leaves the address of its result, if it has one. */
  readonly bodies?: Readonly<Record<string, string>>
  readonly imports?: string
  readonly more?: string
  readonly allocator?: string
}

const LOG = '(import "plutino:plugin/log@1.0.0" "log" (func $log (param i32 i32 i32)))'

/** A plugin of one interface; what has no body of its own succeeds and gives nothing. It may always log: `$log`. */
export function hostileGuest(from: Interface, { bodies = {}, imports = '', more = '', allocator = BUMP_ALLOCATOR }: HostileParts): string {
  const exports: readonly Export[] = EXPORTS[from]
  const functions = exports.map(({ name, params, result }) => {
    const signature = `${'(param i32)'.repeat(params)}${result ? '(result i32)' : ''}`
    return `(func (export "plutino:plugin/${from}@1.0.0#${name}") ${signature} ${bodies[name] ?? (result ? `(i32.const ${RESULT})` : '')})`
  })
  return `(module ${LOG} ${imports} ${allocator} (data (i32.const 1024) "spins") ${more} ${functions.join('\n')})`
}

/** Says so in the log before it never comes back, so that a test need not guess when that is. */
const SPIN = '(call $log (i32.const 1) (i32.const 1024) (i32.const 5)) (loop $on (br $on)) unreachable'

export interface Crime {
  readonly does: string
  readonly says: RegExp
  readonly body: string
  readonly more?: string
  /** Only where there is a result. */
  readonly lies?: boolean
  /** The same wherever it happens: only in the export that does the work. */
  readonly once?: boolean
}

/** What every export may do instead of its work. */
export const CRIMES: readonly Crime[] = [
  { does: 'never returns', body: SPIN, says: /did not return within 5000 ms$/ },
  { does: 'traps', body: 'unreachable', says: /it trapped: unreachable/ },
  {
    does: 'calls itself for ever',
    more: '(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))',
    body: '(drop (call $deep)) unreachable',
    says: /it ran out of stack, as endless recursion does/,
  },
  {
    does: 'grows its memory and fills it, without end',
    once: true,
    body: `(block $out (loop $more
        (br_if $out (i32.eq (memory.grow (i32.const 64)) (i32.const -1)))
        (memory.fill (i32.mul (i32.sub (memory.size) (i32.const 64)) (i32.const 65536)) (i32.const 7) (i32.const 4194304))
        (br $more)))
      unreachable`,
    says: /it trapped: unreachable; its memory has grown to [\d.]+ MiB of 64 MiB/,
  },
  {
    does: 'throws an exception of its own',
    once: true,
    more: '(tag $e (param i32))',
    body: '(throw $e (i32.const 7))',
    says: /the guest threw an exception that it does not catch/,
  },
  {
    does: 'catches what the host throws and goes on',
    once: true,
    body: `(block $caught (try_table (catch_all $caught) (call $log (i32.const 1) (i32.const -16) (i32.const 100)))) (;result;)`,
    says: /named 100 bytes at address 4294967280/,
  },
  { does: 'gives an address beyond its memory', body: '(i32.const -16)', says: /but its memory has/, lies: true },
  { does: 'gives an address at 4 GiB', once: true, body: '(i32.const -1)', says: /but its memory has|not a multiple of/, lies: true },
  { does: 'gives an odd address', body: '(i32.const 65)', says: /not a multiple of [48]/, lies: true },
]

/** A plugin that does everything well but for one export. */
export function criminal(from: Interface, name: string, { body, more = '' }: Crime): string {
  const { result } = EXPORTS[from].find((each) => each.name === name) ?? { result: true }
  return hostileGuest(from, { bodies: { [name]: body.replace('(;result;)', result ? `(i32.const ${RESULT})` : '') }, more })
}

/** A result that is freed twice: what AssemblyScript and Rust do after a call, the host having read the result. */
export function freesTwice(from: Interface, name: string): string {
  return hostileGuest(from, { more: `(func (export "cabi_post_plutino:plugin/${from}@1.0.0#${name}") (param i32) unreachable)` })
}

const realloc = (body: string): string =>
  `(memory (export "memory") 2) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) ${body})`

/** Allocators that lie; the guest asked for nothing, so what they spoil is its own. `says` absent: nothing comes of it. */
export const ALLOCATORS: readonly {
  readonly does: string
  readonly allocator: string
  readonly says?: RegExp
  /** Only where more than texts is asked for, which may stand anywhere. */
  readonly aligned?: boolean
}[] = [
  { does: 'never returns', allocator: realloc(SPIN), says: /did not return within 5000 ms$/ },
  { does: 'has no memory left', allocator: realloc('unreachable'), says: /it trapped/ },
  { does: 'gives memory that it has not', allocator: realloc('(i32.const -8)'), says: /but its memory has/ },
  { does: 'gives an odd address', allocator: realloc('(i32.const 1025)'), aligned: true, says: /not a multiple of/ },
  { does: 'gives null', allocator: realloc('(i32.const 0)') },
  { does: 'gives the same block again and again', allocator: realloc('(i32.const 4096)') },
  {
    does: 'moves its memory each time',
    allocator: realloc('(drop (memory.grow (i32.const 1))) (i32.mul (i32.sub (memory.size) (i32.const 1)) (i32.const 65536))'),
  },
  {
    does: 'calls the host from within',
    allocator: realloc('(call $log (i32.const 1) (i32.const 1024) (i32.const -1)) (i32.const 4096)'),
    says: /named 4294967295 bytes/,
  },
]

/** Code that runs before anything is called. */
export const STARTS: readonly { readonly does: string; readonly more: string; readonly says: RegExp }[] = [
  { does: 'never returns', more: '(func $start (loop $on (br $on))) (start $start)', says: /did not return within 5000 ms$/ },
  { does: 'traps', more: '(func $start unreachable) (start $start)', says: /it trapped/ },
  {
    does: 'calls the host',
    more: '(func $start (call $log (i32.const 1) (i32.const 0) (i32.const 0))) (start $start)',
    says: /before its memory was ready/,
  },
]
