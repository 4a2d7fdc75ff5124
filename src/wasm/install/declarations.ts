/** The interfaces that the root world of a component's WIT text names. */
export function worldOf(wit: string): { readonly imports: readonly string[]; readonly exports: readonly string[] } {
  const root = wit.slice(wit.indexOf('world root'))
  const names = (verb: string): string[] =>
    [...root.matchAll(new RegExp(`^ {2}${verb} ([^;{(]+?)(?=;|: func|: interface|\\s*\\{)`, 'gm'))].map((match) => match[1] ?? '')
  return { imports: names('import'), exports: names('export') }
}

/** What builders of JavaScript and Python leave among the exports for themselves has a plain name instead. Nobody calls it. */
export function isInterface(id: string): boolean {
  return id.includes(':')
}

/**
 * How the TypeScript declarations of a component's interface differ from those of the WIT. An exported interface must be complete; of an
 * imported one the tools leave out what is not used.
 */
export function compareDeclarations(found: string, expected: string, complete: boolean): readonly string[] {
  const [have, want] = [linesOf(found), linesOf(expected)]
  const strange = [...have].filter((line) => !want.has(line)).map((line) => `it has \`${line}\`, which the WIT has not`)
  const missing = complete ? [...want].filter((line) => !have.has(line)).map((line) => `it lacks \`${line}\``) : []
  return [...strange, ...missing]
}

function linesOf(declarations: string): ReadonlySet<string> {
  const lines = declarations.split('\n').map((line) => line.trim())
  return new Set(lines.filter((line) => line !== '' && !/^(\/\*|\*|\/\/)/.test(line)))
}
