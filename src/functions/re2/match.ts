/** A match: where it begins, and the texts of its groups; group 0 is the whole. */
export interface Match {
  readonly at: number
  readonly parts: readonly (string | undefined)[]
}

/** The first match that begins at `from` or behind. */
export type Matcher = (text: string, from: number) => Match | undefined
