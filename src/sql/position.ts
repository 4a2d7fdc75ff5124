import type { Position } from '../base/errors.ts'

const WIDTH = 100

/** The place of `text[at..end)`: line and column count from 1, the column in characters (not UTF-16 units); at most to the end of the line. */
export function positionAt(text: string, at: number, end: number = at + 1): Position {
  const before = text.slice(0, at).split(/\r\n|\r|\n/)
  const lastLine = before.at(-1) ?? ''
  const marked = text.slice(at, end).split(/\r\n|\r|\n/)[0] ?? ''
  return { line: before.length, column: Array.from(lastLine).length + 1, length: Math.max(1, Array.from(marked).length) }
}

/**
 * Two lines for people: the line of the text that `position` names, and a line of `^` under the characters meant.
 * A long line is cut to about 100 characters around them.
 */
export function pointer(text: string, position: Position): string {
  const line = Array.from(text.split(/\r\n|\r|\n/)[position.line - 1] ?? '')
  const column = position.column - 1
  const length = Math.min(position.length ?? 1, WIDTH)
  const from = line.length <= WIDTH ? 0 : Math.max(0, Math.min(column - Math.floor(WIDTH / 2), line.length - WIDTH))
  const shown = line.slice(from, from + WIDTH)
  const head = from > 0 ? '…' : ''
  const tail = from + WIDTH < line.length ? '…' : ''
  const indent = line.slice(from, column).map((character) => (character === '\t' ? '\t' : ' '))
  return `${head}${shown.join('')}${tail}\n${head === '' ? '' : ' '}${indent.join('')}${'^'.repeat(length)}`
}
