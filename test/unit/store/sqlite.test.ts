import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import { openStore } from '../../../src/store/sqlite.ts'
import { storeContract } from '../../contract/store.ts'

const folders: string[] = []

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'plutino-store-'))
  folders.push(path)
  return path
}

function failure(work: () => unknown): PlutinoError {
  try {
    work()
  } catch (error) {
    if (error instanceof PlutinoError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true })
})

storeContract('sqlite', () => openStore(join(folder(), 'plutino.db')))

test('a store finds everything again, and goes on counting versions', () => {
  const data = join(folder(), 'new', 'data')
  const first = openStore(join(data, 'plutino.db'))
  const version = first.set('rule', 'r1', { sql: 'SELECT 1' })
  first.delete('rule', 'r1')
  first.close()
  const second = openStore(join(data, 'plutino.db'))
  expect(second.set('rule', 'r1', 1)).toBeGreaterThan(version)
  second.close()
})

test('two stores on one folder see each other and never share a version', () => {
  const data = folder()
  const [a, b] = [openStore(join(data, 'plutino.db')), openStore(join(data, 'plutino.db'))]
  const version = a.set('n', 'k', 1)
  expect(b.get('n', 'k')).toEqual({ key: 'k', value: 1, version })
  expect(b.set('n', 'k', 2)).toBeGreaterThan(version)
  expect(a.setIf('n', 'k', version, 3)).toBeUndefined()
  a.close()
  b.close()
})

test('what is not committed when the process ends is not there', () => {
  const data = folder()
  const store = openStore(join(data, 'plutino.db'))
  store.transaction(() => {
    store.set('n', 'k', 1)
    const other = openStore(join(data, 'plutino.db'))
    expect(other.get('n', 'k')).toBeUndefined()
    other.close()
  })
  expect(store.get('n', 'k')?.value).toBe(1)
  store.close()
})

test.each([
  ['a file in the place of the folder', (path: string) => (writeFileSync(join(path, 'f'), ''), join(path, 'f'))],
  ['a folder where no folder can be made', () => '/dev/null/data'],
  ['a folder in a file system that refuses it', () => '/proc/plutino/data'],
  ['a store that is no database', (path: string) => (writeFileSync(join(path, 'plutino.db'), 'x'.repeat(5000)), path)],
])('%s is one clear system error', (_what, prepare) => {
  const path = prepare(folder())
  const error = failure(() => openStore(join(path, 'plutino.db')))
  expect(error).toMatchObject({ code: 'system' })
  expect(error.message).toContain(`cannot use the data folder ${path}: `)
  expect(error.hint).toContain('--data')
})

test('a store of a newer version is refused and left as it is', () => {
  const data = folder()
  openStore(join(data, 'plutino.db')).close()
  const file = new DatabaseSync(join(data, 'plutino.db'))
  file.exec('PRAGMA user_version = 99')
  const error = failure(() => openStore(join(data, 'plutino.db')))
  expect(error).toMatchObject({ code: 'system', hint: 'start the newer Plutino, or choose another folder with --data' })
  expect(error.message).toBe('the data folder was written by a newer Plutino: its store has version 99, this one knows 2')
  expect(file.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 })
  file.close()
})
