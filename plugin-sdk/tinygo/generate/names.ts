const KEYWORDS: ReadonlySet<string> = new Set(
  'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var'.split(
    ' ',
  ),
)

/** `exec-batch` -> `ExecBatch`. */
export function exported(name: string): string {
  return name
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('')
}

/** `wait-ms` -> `waitMs`; a keyword of Go gets a `_` behind it. */
export function local(name: string): string {
  const text = exported(name)
  const lower = text.slice(0, 1).toLowerCase() + text.slice(1)
  return KEYWORDS.has(lower) ? `${lower}_` : lower
}

/** Lines of a doc comment. */
export function comment(doc: string, indent = ''): string {
  if (doc === '') return ''
  return `${doc
    .split('\n')
    .map((line) => `${indent}// ${line}`.trimEnd())
    .join('\n')}\n`
}
