import type { Window } from './ast.ts'

/** Without regard to case. */
const WINDOWS: ReadonlyMap<string, Window['type']> = new Map(
  (['tumbling', 'hopping', 'sliding', 'session', 'count', 'state'] as const).map((type) => [`${type}window`, type]),
)

export function windowType(name: string): Window['type'] | undefined {
  return WINDOWS.get(name.toLowerCase())
}
