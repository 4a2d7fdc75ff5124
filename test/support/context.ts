import type { StateStore, StreamContext } from '../../src/api/context.ts'
import type { Clock } from '../../src/base/clock.ts'
import type { LogFields, Logger } from '../../src/base/log.ts'
import type { Value } from '../../src/data/value.ts'
import { FakeClock } from './fake-clock.ts'

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: LogFields
}

/** Keeps every line, of its children too. */
export class RecordingLogger implements Logger {
  readonly lines: LogLine[]
  readonly #fields: LogFields

  constructor(lines: LogLine[] = [], fields: LogFields = {}) {
    this.lines = lines
    this.#fields = fields
  }

  debug(message: string, fields?: LogFields): void {
    this.#add('debug', message, fields)
  }

  info(message: string, fields?: LogFields): void {
    this.#add('info', message, fields)
  }

  warn(message: string, fields?: LogFields): void {
    this.#add('warn', message, fields)
  }

  error(message: string, fields?: LogFields): void {
    this.#add('error', message, fields)
  }

  child(fields: LogFields): Logger {
    return new RecordingLogger(this.lines, { ...this.#fields, ...fields })
  }

  /** The messages of one level. */
  of(level: LogLine['level']): string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.message)
  }

  #add(level: LogLine['level'], message: string, fields: LogFields = {}): void {
    this.lines.push({ level, message, fields: { ...this.#fields, ...fields } })
  }
}

function memoryState(): StateStore {
  const values = new Map<string, Value>()
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    delete: (key) => void values.delete(key),
  }
}

export interface TestContext<C extends Clock> extends StreamContext {
  readonly log: RecordingLogger
  readonly clock: C
  /** Aborts `signal`, as the stop of a rule does. */
  stop(): void
}

/** A context for one node of a rule, on a fake clock unless the test brings another. */
export function testContext(): TestContext<FakeClock>
export function testContext<C extends Clock>(clock: C): TestContext<C>
export function testContext(clock: Clock = new FakeClock()): TestContext<Clock> {
  const abort = new AbortController()
  return {
    rule: 'rule1',
    node: 'node1',
    log: new RecordingLogger(),
    clock,
    state: memoryState(),
    signal: abort.signal,
    stop: () => abort.abort(new Error('the rule was stopped')),
  }
}
