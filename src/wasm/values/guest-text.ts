const LONGEST = 2000
/** What moves the cursor of a terminal, begins a line, or turns the direction of what follows; a tab does no harm. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu

/** A guest's text as one line of a log or a message shows it: control characters as escapes, and no more than `most` characters. */
export function guestText(text: string, most = LONGEST): string {
  const shown = text.slice(0, most).replace(CONTROL, (sign) => (sign === '\t' ? sign : escaped(sign)))
  return text.length > most || shown.length > most ? `${shown.slice(0, most)}…` : shown
}

function escaped(sign: string): string {
  if (sign === '\n') return '\\n'
  if (sign === '\r') return '\\r'
  return `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
}
