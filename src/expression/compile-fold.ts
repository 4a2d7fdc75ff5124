import type { Row } from '../data/batch.ts'
import type { PlutinoError } from '../base/errors.ts'
import type { Cell } from '../data/value.ts'
import type { BoundExpr } from './bound.ts'
import { ExpressionWriter } from './emit.ts'
import type { Emitter } from './emitter.ts'
import type { FunctionLookup } from './functions.ts'
import { isPredicate } from './logic.ts'

/**
 * How a call is accumulated: `count`, `sum`, `mean`, `min`, `max` in typed arrays, whose code stands in the loop; those of integers behind a
 * call of their column; `state` by the function itself.
 */
export type FoldKind = FloatKind | 'integerSum' | 'integerMean' | 'integerMin' | 'integerMax' | 'state'

type FloatKind = 'count' | 'sum' | 'mean' | 'min' | 'max'

function isInCode(kind: FoldKind): kind is FloatKind {
  return kind !== 'state' && !kind.startsWith('integer')
}

export interface FoldCall {
  readonly kind: FoldKind
  readonly args: readonly BoundExpr[]
  /** By argument: integers that a schemaless value kept exact become floats. */
  readonly floats: readonly boolean[]
  /** Rows that make it true count. */
  readonly filter?: BoundExpr
}

/** What one loop does with each row: test it, find its group, and add it to an accumulator for each call. */
export interface FoldProgram {
  readonly where?: BoundExpr
  readonly keys: readonly BoundExpr[]
  readonly calls: readonly FoldCall[]
}

/** Accumulators of one call, by slot. Which of the arrays there are depends on the kind. */
export interface FoldArrays {
  readonly values?: Float64Array
  readonly counts?: Float64Array
  /** What the loop has no code for: other values than numbers, and functions. Throws `row_failed`. */
  add(slot: number, ...args: readonly Cell[]): void
}

interface FoldTarget {
  readonly columns: readonly FoldArrays[]
  /** A row failed, at `clause`; `slot` when it has one. */
  fail(error: PlutinoError, slot: number): void
}

/** Where rows with the same key share a slot. The first row that fails ends the loop. */
export interface GroupTarget extends FoldTarget {
  /** Slots by key. */
  readonly slots: ReadonlyMap<unknown, number>
  /** 1 for the slots that are in use. */
  readonly present: Uint8Array
  /** Puts a slot into use for a group that begins with this row. Arrays may be others afterwards. */
  open(key: Cell, row: Row): number
}

/** Where each row has a slot of its own. */
export interface EntryTarget extends FoldTarget {
  /** The slot of the first of `rows[from] .. rows[to - 1]`; those of the others follow. Arrays may be others afterwards. */
  enter(rows: readonly Row[], from: number, to: number): number
  /** The key of the row in a slot: it is part of the window. */
  assign(slot: number, key: Cell): void
}

/** Runs over `rows[from] .. rows[to - 1]`. Never throws. */
export type FoldLoop<T> = (rows: readonly Row[], from: number, to: number, target: T) => void

/** The text of a loop over rows that share slots (`groups`) or have one each (`entries`). */
export function writeFold(emitter: Emitter, program: FoldProgram, mode: 'groups' | 'entries', functions: FunctionLookup): string {
  const writer = new FoldWriter(emitter, program, functions)
  writer.body(mode)
  const arrays = writer.arrays
  return `return function (rows, from, to, target) {
  const columns = target.columns${mode === 'groups' ? ', slots = target.slots' : ''};
  ${program.calls.map((_, i) => `const c${i} = columns[${i}];`).join(' ')}
  ${mode === 'groups' ? 'let present = target.present;' : ''}
  ${arrays.map(([name, code]) => `let ${name} = ${code};`).join(' ')}
  let clause = "Where";
  ${mode === 'entries' ? `const first = target.enter(rows, from, to) - from; ${writer.reload}` : ''}
  for (let i = from; i < to; i++) {
    const row = rows[i];
    let g = ${mode === 'entries' ? 'first + i' : '-1'};
    try {
      ${emitter.lines.join('\n      ')}
    } catch (thrown) {
      target.fail(failed(thrown, clause), g);
      ${mode === 'groups' ? 'return;' : ''}
    }
  }
};`
}

class FoldWriter {
  readonly #out: Emitter
  readonly #program: FoldProgram
  readonly #expressions: ExpressionWriter
  /** Names of the typed arrays, and where each comes from. */
  readonly arrays: readonly (readonly [name: string, code: string])[]

  constructor(out: Emitter, program: FoldProgram, functions: FunctionLookup) {
    this.#out = out
    this.#program = program
    this.#expressions = new ExpressionWriter(out, functions)
    this.arrays = program.calls.flatMap(({ kind }, i): readonly (readonly [string, string])[] => {
      if (!isInCode(kind)) return []
      const values = [`a${i}`, `c${i}.values`] as const
      return kind === 'mean' ? [values, [`b${i}`, `c${i}.counts`]] : [values]
    })
  }

  get reload(): string {
    return this.arrays.map(([name, code]) => `${name} = ${code};`).join(' ')
  }

  body(mode: 'groups' | 'entries'): void {
    const { where, keys, calls } = this.#program
    if (where !== undefined) {
      this.#out.emit('clause = "Where";')
      this.#skipUnless(where)
    }
    if (keys.length > 0) this.#out.emit('clause = "Group By";')
    const key = this.#key(keys)
    if (mode === 'entries') this.#out.emit(`target.assign(g, ${key});`)
    else this.#find(key, keys.length > 0)
    this.#out.emit('clause = "Select";')
    for (let i = 0; i < calls.length; i++) i = this.#call(calls, i)
  }

  #skipUnless(where: BoundExpr): void {
    const condition = this.#expressions.condition(where)
    this.#out.emit(isPredicate(where) ? `if (${condition} !== true) continue;` : `if (!passes(${condition})) continue;`)
  }

  #key(keys: readonly BoundExpr[]): string {
    const values = keys.map((key) => this.#expressions.settled(key))
    if (values.length === 0) return '0'
    const [only] = values
    return this.#out.define(
      values.length > 1
        ? `keyOfAll([${values.join(', ')}])`
        : `typeof ${only} === "string" && ${only}.charCodeAt(0) !== 0 ? ${only} : keyOf(${only})`,
    )
  }

  #find(key: string, keyed: boolean): void {
    this.#out.emit(keyed ? `g = slots.get(${key});` : 'g = 0;')
    this.#out.emit(`if (g === undefined || present[g] !== 1) { g = target.open(${key}, row); present = target.present; ${this.reload} }`)
  }

  /** The code of the calls from the i-th on that go together; gives the last of them. */
  #call(calls: readonly FoldCall[], i: number): number {
    const call = calls[i]
    if (call === undefined) return i
    const { filter } = call
    if (filter === undefined) return this.#add(calls, i)
    const condition = this.#expressions.condition(filter)
    const head = isPredicate(filter) ? `if (${condition} === true)` : `if (passes(${condition}))`
    this.#out.block(head, () => void this.#add([...calls.slice(0, i), call], i))
    return i
  }

  #add(calls: readonly FoldCall[], i: number): number {
    const { kind = 'state', args = [], floats = [] } = calls[i] ?? {}
    const [arg] = args
    if (!isInCode(kind) || arg === undefined) {
      const values = args.map((one, place) => this.#float(this.#expressions.settled(one), one, floats[place] === true))
      this.#out.emit(`${kind === 'state' ? '' : `if (${values[0]} != null) `}c${i}.add(${['g', ...values].join(', ')});`)
      return i
    }
    if (kind === 'count' && arg.kind === 'literal' && arg.value !== null) {
      this.#out.emit(`a${i}[g]++;`)
      return i
    }
    const value = this.#expressions.settled(arg)
    let end = i + 1
    while (this.#takes(calls[end], value)) end++
    this.#out.emit(addCode(calls.slice(i, end), value, i))
    return end - 1
  }

  /** The call adds the same value, in code of the loop. */
  #takes(call: FoldCall | undefined, value: string): boolean {
    const [arg] = call?.args ?? []
    if (call === undefined || !isInCode(call.kind) || call.filter !== undefined) return false
    return arg !== undefined && arg.kind !== 'literal' && this.#expressions.settled(arg) === value
  }

  #float(code: string, { kind, type }: BoundExpr, float: boolean): string {
    return float && type === 'json' && kind !== 'literal' ? `jsonNumber(${code})` : code
  }
}

/** A number goes to all of the accumulators in code, anything else through their functions. */
function addCode(calls: readonly FoldCall[], value: string, first: number): string {
  const floats = calls.map(({ kind }, i) => (isInCode(kind) ? floatCode(kind, value, first + i) : ''))
  const others = calls.map((_, i) => `c${first + i}.add(g, ${value});`)
  return `if (typeof ${value} === "number") { ${floats.join(' ')} } else if (${value} != null) { ${others.join(' ')} }`
}

/** `+ 0` makes a zero of -0, which stands for a sum of nothing. */
function floatCode(kind: FloatKind, value: string, i: number): string {
  if (kind === 'count') return `a${i}[g]++;`
  if (kind === 'sum') return `a${i}[g] += ${value} + 0;`
  if (kind === 'mean') return `a${i}[g] += ${value} + 0; b${i}[g]++;`
  const [beats, stays] = kind === 'min' ? ['<', '>='] : ['>', '<=']
  return `if (${value} ${beats} a${i}[g]) a${i}[g] = ${value}; else if (!(${value} ${stays} a${i}[g])) c${i}.add(g, ${value});`
}
