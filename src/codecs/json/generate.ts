/**
 * A function from source text with `values` in scope. The text is ours alone: of user data only names and constants that went
 * through `JSON.stringify` may stand in it.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the type of what its source makes
export function generate<F>(values: Readonly<Record<string, unknown>>, source: string): F {
  // oxlint-disable-next-line typescript/no-implied-eval -- code generation is the point of this file; see above for what may stand in it
  const make = new Function(...Object.keys(values), `'use strict'\nreturn ${source}`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller wrote the source of an F
  return make(...Object.values(values)) as F
}
