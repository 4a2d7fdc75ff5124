import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { generate } from '../generate/generate.ts'

const wit = await readFile(new URL('../../../wit/plugin.wit', import.meta.url), 'utf8')
const files = generate(wit)

/** gofmt aligns; what it says is the same. */
const words = (text: string): string => text.replaceAll(/\s+/g, '')

test.each([...files.keys()])('%s is what the generator makes of the WIT', async (name) => {
  const committed = await readFile(new URL(`../${name}`, import.meta.url), 'utf8')
  expect(words(committed)).toBe(words(files.get(name) ?? ''))
})

test('every interface of the WIT has its package', () => {
  const packages = ['clock', 'db', 'http', 'log', 'random', 'state', 'tcp'].map((name) => `host/${name}/${name}.go`)
  const exported = ['aggregate', 'checkpoint', 'scalar', 'sink', 'source'].map((name) => `${name}/${name}.go`)
  expect([...files.keys()].toSorted()).toEqual(
    [...packages, ...exported, 'internal/abi/codec.go', 'internal/abi/types.go', 'types.go'].toSorted(),
  )
})
