import { PlutinoError } from '../../base/errors.ts'
import { jsonText } from '../../data/json-text.ts'
import type { Value } from '../../data/value.ts'
import type { CheckedStatement } from './guard/guard.ts'

/** Throws `rejected` unless there is one value for every `?`. */
export function checkCount(checked: CheckedStatement, values: number): void {
  if (checked.parameters === values) return
  throw new PlutinoError('rejected', `expected ${checked.parameters} values, one for every ? of the statement, got ${values}`)
}

export function expectRows(checked: CheckedStatement): void {
  if (checked.verb !== 'select') throw new PlutinoError('rejected', `expected SELECT, got ${checked.verb.toUpperCase()}`)
}

export function expectNoRows(checked: CheckedStatement): void {
  if (checked.verb === 'select') throw new PlutinoError('rejected', 'expected a statement that changes data, got SELECT')
}

/** An array or an object as it is stored: JSON text. Throws `rejected` for what JSON cannot hold. */
export function storedJson(value: Value): string {
  try {
    return jsonText(value)
  } catch (error) {
    throw new PlutinoError('rejected', error instanceof Error ? error.message : 'a value has no form in JSON', { cause: error })
  }
}

export function notFinite(value: number): PlutinoError {
  return new PlutinoError('rejected', `expected a finite number, got ${value}: SQL has no form for it`)
}
