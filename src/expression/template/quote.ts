const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
}

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** A text in quotes as Go writes it, with escapes for what cannot be printed. */
export function goQuote(text: string, quote = '"'): string {
  let quoted = quote
  for (const char of text) {
    if (char === quote) quoted += `\\${char}`
    else if (char !== '\u00a0' && char !== '\\' && PRINTABLE.test(char)) quoted += char
    else quoted += Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : escapeOf(char.codePointAt(0) ?? 0)
  }
  return quoted + quote
}

function escapeOf(code: number): string {
  const hex = code.toString(16)
  if (code < 0x80) return `\\x${hex.padStart(2, '0')}`
  if (code >= 0xd800 && code < 0xe000) return '\ufffd'
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`
}
