/*
 * A server asks a source and functions what they are before it takes them. Here the hostile guests say it truly, so that they come in and can
 * do their worst later.
 */

/** Where the declarations stand: beyond what the guests use themselves, and below their heap. */
const AT = 3072

const u32 = (value: number): string =>
  [0, 8, 16, 24].map((shift) => `\\${((value >>> shift) & 255).toString(16).padStart(2, '0')}`).join('')

/** A source that says that it gives messages of bytes and goes on from offsets. */
export function declaredSource(wat: string): string {
  return withAnswer(wat, 'source@1.0.0#describe', AT - 16).replace(
    '(func (export',
    `(data (i32.const ${AT - 16}) "\\01\\01") (func (export`,
  )
}

/** Scalar functions of one float each, which give a float. */
export function declaredFunctions(wat: string, names: readonly string[]): string {
  const data = signatures(names, 28, AT)
  return withAnswer(wat, 'scalar@1.0.0#functions', AT).replace('(func (export', `${data} (func (export`)
}

/** Aggregate functions of one float each, which give a float; rows can be taken out, and groups put together. */
export function declaredAggregates(wat: string, names: readonly string[]): string {
  const data = signatures(names, 32, AT + 512)
  return withAnswer(wat, 'aggregate@1.0.0#aggregates', AT + 512).replace('(func (export', `${data} (func (export`)
}

/** Another body for an export without parameters. */
function withAnswer(wat: string, name: string, at: number): string {
  const from = wat.indexOf(`"plutino:plugin/${name}"`)
  const body = wat.slice(from)
  return `${wat.slice(0, from)}${body.replace(/\(result i32\) \(i32\.const \d+\)/, `(result i32) (i32.const ${at})`)}`
}

/** At `at` the list, then the records, their names (of 4 letters), and one parameter for all. */
function signatures(names: readonly string[], size: number, at: number): string {
  const [records, parameter] = [at + 8, at + 480]
  const texts = records + names.length * size
  // no documentation; a float in, a float out; called without null; pure
  const record = (i: number): string =>
    `${u32(texts + i * 4)}${u32(4)}${u32(0)}${u32(0)}${u32(parameter)}${u32(1)}\\00\\03\\00\\00${size === 32 ? '\\01\\01\\00\\00' : ''}`
  return [
    `(data (i32.const ${at}) "${u32(records)}${u32(names.length)}${names.map((_, i) => record(i)).join('')}${names.join('')}")`,
    `(data (i32.const ${parameter}) "${u32(at)}${u32(0)}\\03\\00\\00\\00${u32(0)}${u32(0)}")`,
  ].join(' ')
}
