import type { FunctionDefinition } from '../api/definition.ts'
import { aggregateFunctions } from './aggregate.ts'
import { accumulateFunctions } from './analytic-accumulate.ts'
import { historyFunctions } from './analytic-history.ts'
import { hitFunctions } from './analytic-hits.ts'
import { arrayMap } from './array-map.ts'
import { arraySetFunctions } from './array-set.ts'
import { arrayFunctions } from './array.ts'
import { conversionFunctions } from './conversion.ts'
import { dateFunctions } from './date.ts'
import { hashFunctions } from './hash.ts'
import { jsonFunctions } from './json.ts'
import { incrementalFunctions } from './incremental.ts'
import { mathFunctions } from './math.ts'
import { objectFunctions } from './object.ts'
import { otherFunctions } from './other.ts'
import { plannedFunctions } from './planned.ts'
import { textFunctions } from './text.ts'

const scalarFunctions: readonly FunctionDefinition[] = [
  ...mathFunctions,
  ...textFunctions,
  ...dateFunctions,
  ...arrayFunctions,
  ...arraySetFunctions,
  ...objectFunctions,
  ...jsonFunctions,
  ...hashFunctions,
  ...conversionFunctions,
  ...otherFunctions,
]

/** Every built-in function. */
export const functions: readonly FunctionDefinition[] = [
  ...aggregateFunctions,
  ...incrementalFunctions,
  ...scalarFunctions,
  arrayMap(scalarFunctions),
  ...historyFunctions,
  ...accumulateFunctions,
  ...hitFunctions,
  ...plannedFunctions,
]
