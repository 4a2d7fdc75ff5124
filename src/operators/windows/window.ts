import type { StreamContext } from '../../api/context.ts'
import type { Batches, Operator } from '../../api/operator.ts'
import type { Row, RowBatch } from '../../data/batch.ts'
import { type Cell, isStruct, type Value } from '../../data/value.ts'
import type { CompileDeps, Compiler } from '../../expression/compile.ts'
import { Backlog, type Given } from './backlog.ts'
import { condition, partitionKey } from './conditions.ts'
import type { ContentFactory, Joiner } from './content.ts'
import { Count } from './count.ts'
import type { DriverParts, WindowDriver } from './driver.ts'
import { Delayed } from './delayed.ts'
import { EventSession } from './event-session.ts'
import { Hopping } from './hopping.ts'
import { WindowNotes } from './notes.ts'
import { WindowOutput } from './output.ts'
import { rowContent } from './row-content.ts'
import { Session } from './session.ts'
import { Sliding } from './sliding.ts'
import type { WindowParts, WindowSpec } from './spec.ts'
import { State } from './state.ts'
import { Ticks } from './ticks.ts'
import { Tumbling } from './tumbling.ts'

export interface WindowDeps extends CompileDeps {
  readonly compiler: Compiler
  readonly eventTime: boolean
}

/** Contents that keep the rows; `joiner` pairs those of several inputs. */
export function rowsOf({ spec, inputs, bounds, omitEmpty }: WindowParts, joiner?: Joiner): ContentFactory {
  // In eKuiper a window that waits tells its rows no bounds.
  const told = spec.type === 'sliding' && spec.delay > 0 ? [] : bounds
  return rowContent({ bounds: told, omitEmpty, ...(joiner === undefined ? {} : { join: { inputs: inputs.length, joiner } }) })
}

/** A window over one input, or over those of a join: each has its port. */
export function windowOperator(parts: WindowParts, makeContent: ContentFactory, deps: WindowDeps): Window {
  return new Window(parts, makeContent, deps)
}

class Window implements Operator {
  readonly name = 'window'
  readonly everyWatermark: boolean
  readonly #inputs: readonly Port[]
  readonly #output = new WindowOutput({ columns: [] })
  readonly #notes = new WindowNotes()
  readonly #driver: WindowDriver
  readonly #backlog = new Backlog()

  constructor({ spec, inputs, omitEmpty }: WindowParts, makeContent: ContentFactory, deps: WindowDeps) {
    this.everyWatermark = spec.type === 'session' || (spec.type === 'sliding' && spec.delay > 0)
    this.#inputs = portsOf(inputs)
    const overlaps = spec.type === 'sliding' || (spec.type === 'count' && spec.step < spec.length)
    const content = makeContent(spec.type === 'hopping' ? 'panes' : overlaps ? 'rows' : 'whole')
    const ticks = new Ticks('unit' in spec ? spec.unit : 'MS', deps.context.timeZone)
    const parts = { content, output: this.#output, notes: this.#notes, ticks, eventTime: deps.eventTime, omitEmpty }
    this.#driver = driverOf(spec, parts, { ...deps, notes: this.#notes, makeContent })
  }

  process({ rows: given, errors = [] }: RowBatch, port: number, { log }: StreamContext): Batches {
    const input = this.#input(port)
    const rows = input.width === undefined ? given : given.map((row) => widened(row, input))
    const all = { rows, errors, port, from: 0, failed: 0 }
    if (this.#backlog.first !== undefined || !this.#take(all)) this.#backlog.add(all)
    this.#notes.write(log)
    return this.#output.take()
  }

  advance(time: number, { log }: StreamContext): Batches {
    if (this.#catchUp()) this.#driver.advance(time)
    this.#notes.write(log)
    return this.#output.take()
  }

  setBack(by: number, time: number, { log }: StreamContext): Batches {
    const before: RowBatch[] = []
    while (!this.#catchUp()) before.push(...this.#output.take())
    this.#driver.setBack(by, time)
    this.#notes.write(log)
    return [...before, ...this.#output.take()]
  }

  wakeAt(): number | undefined {
    return this.#backlog.first !== undefined || this.#driver.unfinished === true ? Number.NEGATIVE_INFINITY : this.#driver.wakeAt()
  }

  snapshot(): Value {
    const state = this.#driver.snapshot()
    return this.#backlog.first === undefined || !isStruct(state) ? state : { ...state, backlog: this.#backlog.snapshot() }
  }

  restore(state: Value): void {
    this.#driver.restore(state)
    if (isStruct(state)) this.#backlog.restore(state['backlog'])
  }

  #input(port: number): Port {
    const input = this.#inputs[port]
    if (input === undefined) throw new Error(`a window has no input ${port}`)
    return input
  }

  /** False: others get their turn before all has been taken. */
  #catchUp(): boolean {
    for (let first = this.#backlog.first; first !== undefined; first = this.#backlog.first) {
      if (!this.#take(first)) return false
      this.#backlog.drop()
    }
    return true
  }

  /** Takes rows in, and errors at their places. False: others get their turn before the rest. */
  #take(given: Given): boolean {
    const { rows, errors, port } = given
    const slot = this.#input(port).time
    while (given.from < rows.length || given.failed < errors.length) {
      const failed = errors[given.failed]
      if (failed !== undefined && failed.at <= given.from) {
        this.#output.fail(failed.error)
        given.failed++
        continue
      }
      const to = failed?.at ?? rows.length
      given.from = this.#driver.take({ rows, from: given.from, to, port, slot })
      if (given.from < to) return false
    }
    return true
  }
}

function driverOf(
  spec: WindowSpec,
  parts: DriverParts,
  deps: WindowDeps & { readonly notes: WindowNotes; readonly makeContent: ContentFactory },
): WindowDriver {
  switch (spec.type) {
    case 'tumbling':
      return new Tumbling(parts, spec.length)
    case 'hopping':
      return new Hopping(parts, spec)
    case 'session': {
      const limits = { longest: spec.length, gap: spec.gap }
      return parts.eventTime ? new EventSession(parts, limits) : new Session(parts, limits)
    }
    case 'sliding': {
      const { length, delay, when } = spec
      const sliding = { length, delay, ...(when === undefined ? {} : { fires: condition(when, deps) }) }
      return delay > 0 ? new Delayed(parts, sliding) : new Sliding(parts, sliding)
    }
    case 'count':
      return new Count(parts, spec)
    case 'state': {
      const emit = spec.emit === undefined ? {} : { emit: condition(spec.emit, deps) }
      const partition = partitionKey(spec.partition, deps)
      const keys = partition === undefined ? {} : { partition }
      return new State(parts, { begin: condition(spec.begin, deps), ...emit, ...keys, makeContent: () => deps.makeContent('whole') })
    }
  }
}

/** Where the slots of an input stand in rows that are as wide as all of them; `width` is undefined when there is one input. */
interface Port {
  readonly offset: number
  readonly width: number | undefined
  readonly time: number
}

function portsOf(inputs: WindowParts['inputs']): readonly Port[] {
  const width = inputs.reduce((total, input) => total + input.width, 0)
  let offset = 0
  return inputs.map((input) => {
    const port = { offset, width: inputs.length > 1 ? width : undefined, time: offset + input.time }
    offset += input.width
    return port
  })
}

function widened(row: Row, { offset, width }: Port): Row {
  const wide: Cell[] = Array.from({ length: width ?? 0 })
  for (let slot = 0; slot < row.length; slot++) wide[offset + slot] = row[slot]
  return wide
}
