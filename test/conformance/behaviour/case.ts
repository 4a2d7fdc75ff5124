import { parseExact } from '../../../src/data/exact-json.ts'
import type { JsonObject } from '../../../src/config/json-object.ts'
import { isStruct, type Struct, type Value } from '../../../src/data/value.ts'

/** What came out: messages, or the refusal or error that came instead. An error among the messages is `{"$error":"…"}`. */
export interface Answer {
  readonly output?: readonly Value[]
  /** `create`: refused. `run`: the only message was this error. `harness`: the case could not be run. */
  readonly error?: { readonly phase: string; readonly text: string }
}

/** A recorded question with its answer; the members are those of the README beside the recordings. */
export interface BehaviourCase extends Answer {
  readonly id: string
  readonly category: string
  readonly streams: readonly string[]
  readonly sql: string
  /** Rows by stream, in the order in which they are sent; a text is a raw payload. */
  readonly input: Readonly<Record<string, readonly Value[]>>
  /** A heading of DIFFERENCES.md: the answer may be another. */
  readonly differs?: string
  readonly unordered?: boolean
  /** `rule`: payloads pass the decoder and options apply. Otherwise the rows are there already, as in a rule test. */
  readonly transport?: string
  readonly options?: JsonObject
}

export function isBehaviourCase(line: object): boolean {
  return 'streams' in line && 'sql' in line && 'id' in line && ('output' in line || 'error' in line)
}

/** Reads a line with all digits of its numbers. Throws what `JSON.parse` throws. */
export function readBehaviourCase(text: string): BehaviourCase {
  const line = parseExact(text)
  if (!isStruct(line) || !isBehaviourCase(line)) throw new Error('the line is no case')
  return line as Struct & BehaviourCase
}
