import type { FunctionDefinition } from '../api/definition.ts'
import { accumulateFunctions } from './analytic-accumulate.ts'
import { historyFunctions } from './analytic-history.ts'
import { hitFunctions } from './analytic-hits.ts'
import { conversionFunctions } from './conversion.ts'
import { mathFunctions } from './math.ts'
import { otherFunctions } from './other.ts'
import { plannedFunctions } from './planned.ts'
import { textFunctions } from './text.ts'

/** Every built-in function. */
export const functions: readonly FunctionDefinition[] = [
  ...mathFunctions,
  ...textFunctions,
  ...conversionFunctions,
  ...otherFunctions,
  ...historyFunctions,
  ...accumulateFunctions,
  ...hitFunctions,
  ...plannedFunctions,
]
