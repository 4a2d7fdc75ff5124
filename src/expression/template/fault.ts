import { PlutinoError, type Position } from '../../base/errors.ts'

/** Line and column of an offset in a template. */
export function positionOf(text: string, at: number): Position {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  return { line, column: at - before.lastIndexOf('\n') }
}

/** A mistake in a template's text. */
export function templateInvalid(text: string, at: number, message: string, hint?: string): PlutinoError {
  const position = positionOf(text, at)
  return new PlutinoError('config_invalid', `template, line ${position.line}, column ${position.column}: ${message}`, {
    position,
    ...(hint === undefined ? {} : { hint }),
  })
}
