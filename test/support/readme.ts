/** A fenced block of a Markdown file with the HTML comment before it, which says what the block is to a test. */
export interface Block {
  /** `run`, `answer`, `message warm`; undefined: none. */
  readonly marker: string | undefined
  readonly language: string
  readonly text: string
  /** Title of the part that it stands in. */
  readonly part: string
  /** In the file, from 1. */
  readonly line: number
}

/** All fenced blocks in their order. */
export function readBlocks(markdown: string): readonly Block[] {
  const blocks: Block[] = []
  let part = ''
  const lines = markdown.split('\n')
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    part = /^#+ (.*)/.exec(line)?.[1] ?? part
    const language = /^ *```(\w*)$/.exec(line)?.[1]
    if (language === undefined) continue
    const end = lines.findIndex((other, at) => at > i && /^ *```$/.test(other))
    if (end < 0) throw new Error(`line ${i + 1}: the block has no end`)
    blocks.push({ marker: markerAbove(lines, i), language, text: lines.slice(i + 1, end).join('\n'), part, line: i + 1 })
    i = end
  }
  return blocks
}

function markerAbove(lines: readonly string[], block: number): string | undefined {
  const above = lines.slice(0, block).findLast((line) => line.trim() !== '')
  return /^<!-- (.+) -->$/.exec(above?.trim() ?? '')?.[1]
}
