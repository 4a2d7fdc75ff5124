type Json = Readonly<Record<string, unknown>>

/** The functions that a server answered: all of them a line each, by category, or one with everything about it. */
export function functionsText(answer: unknown): string {
  if (!Array.isArray(answer)) return functionText(objectOf(answer))
  return answer
    .map((group) => {
      const { name, functions } = objectOf(group)
      const lines = listOf(functions).map((one) => `  ${textOf(objectOf(one)['signature'])}`)
      return [textOf(name), ...lines].join('\n')
    })
    .join('\n\n')
}

function functionText(f: Json): string {
  const aliases = listOf(f['aliases']).map(textOf)
  const parameters = listOf(f['args']).flatMap((arg) => {
    const { name, hint } = objectOf(arg)
    const doc = textOf(objectOf(hint)['en_US'])
    return doc === textOf(name) ? [] : [`  ${textOf(name)}: ${doc}`]
  })
  return [
    textOf(f['signature']),
    ...(aliases.length === 0 ? [] : [`also: ${aliases.join(', ')}`]),
    '',
    textOf(objectOf(f['hint'])['en_US']),
    ...parameters,
    '',
    ...listOf(f['examples']).map(exampleText),
  ].join('\n')
}

function exampleText(example: unknown): string {
  const { sql, result, rows, results } = objectOf(example)
  if (rows === undefined) return `${textOf(sql)} = ${JSON.stringify(result)}`
  return `${textOf(sql)} over ${listOf(rows)
    .map((row) => JSON.stringify(row))
    .join(' ')} = ${listOf(results)
    .map((one) => JSON.stringify(one))
    .join(', ')}`
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
