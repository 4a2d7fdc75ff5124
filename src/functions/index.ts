import type { FunctionDefinition } from '../api/definition.ts'
import { conversionFunctions } from './conversion.ts'
import { mathFunctions } from './math.ts'
import { otherFunctions } from './other.ts'
import { textFunctions } from './text.ts'

/** Every built-in function. */
export const functions: readonly FunctionDefinition[] = [...mathFunctions, ...textFunctions, ...conversionFunctions, ...otherFunctions]
