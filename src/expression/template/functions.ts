import type { TemplateFunction } from './function-set.ts'
import { COLLECTION_FUNCTIONS } from './functions-collections.ts'
import { DATE_FUNCTIONS } from './functions-date.ts'
import { ENCODING_FUNCTIONS } from './functions-encoding.ts'
import { GO_FUNCTIONS } from './functions-go.ts'
import { MATH_FUNCTIONS } from './functions-math.ts'
import { TEXT_FUNCTIONS } from './functions-text.ts'

/** Every function that a template may call, `and` and `or` aside. */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map(
  [GO_FUNCTIONS, TEXT_FUNCTIONS, MATH_FUNCTIONS, COLLECTION_FUNCTIONS, ENCODING_FUNCTIONS, DATE_FUNCTIONS].flatMap((set) =>
    Object.entries(set),
  ),
)
