/** Names of the WIT in AssemblyScript: `error-kind` is the class `ErrorKind` and the variable `errorKind`. */

export const pascal = (name: string): string => name.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase())

export function camel(name: string): string {
  const text = pascal(name)
  return text.charAt(0).toLowerCase() + text.slice(1)
}

const RESERVED = new Set(
  'break case class const continue default delete do else enum export extends false finally for function if import in instanceof new null return static super switch this throw true try typeof var void while with yield'.split(
    ' ',
  ),
)

/** For parameters and functions; members of classes may be named by any word. */
export function variable(name: string): string {
  const text = camel(name)
  return RESERVED.has(text) ? `${text}_` : text
}

/** AssemblyScript has an `Error` of its own. */
export const className = (name: string): string => (name === 'error' ? 'PluginError' : pascal(name))

/** A doc comment, indented, or nothing. */
export function comment(doc: string, indent = ''): string {
  if (doc === '') return ''
  const lines = doc.split('\n')
  return lines.length === 1
    ? `${indent}/** ${doc} */\n`
    : `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}
