/** Compares by UTF-8 bytes, as SQLite does: JavaScript's own comparison puts emoji before some rarer signs. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
