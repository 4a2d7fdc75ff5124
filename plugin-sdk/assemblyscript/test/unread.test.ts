import { beforeAll, expect, test } from 'vitest'
import { fileURLToPath } from 'node:url'
import { buildPlugin, type BuiltPlugin } from '../build/build.ts'
import { runPlugin } from '../testing/host.ts'

let built: BuiltPlugin

beforeAll(async () => {
  built = await buildPlugin(fileURLToPath(new URL('guests/keeper', import.meta.url)))
})

const int = (val: number): unknown => ({ tag: 'int', val: BigInt(val) })
const text = (val: string): unknown => ({ tag: 'text', val })
const OK = { tag: 'ok', val: undefined }

interface Keeper {
  readonly collect: (rows: readonly (readonly unknown[])[]) => unknown
  readonly given: unknown[]
  readonly log: string[]
}

function keeper(mode: string): Keeper {
  const given: unknown[] = []
  const log: string[] = []
  const plugin = runPlugin(built.core, {
    'log.log': (_level, message) => log.push(String(message)),
    'connection.open': () => ({ tag: 'ok', val: {} }),
    'connection.exec-batch': (_self, _sql, rows) => {
      given.push(rows)
      return { tag: 'ok', val: { affectedRows: 1n, lastInsertId: undefined } }
    },
  })
  plugin.call('sink.configure', mode)
  plugin.call('sink.open')
  return {
    given,
    log,
    collect: (rows) => plugin.call('sink.collect', { tag: 'rows', val: { columns: ['a', 'b'], rows } }, undefined),
  }
}

const ROWS = [
  [int(1), text('ü€𝄞')],
  [int(2), { tag: 'null', val: undefined }],
]

test('rows that nobody has read are given on as they came, more than once', () => {
  const { collect, given } = keeper('twice')
  expect(collect(ROWS)).toStrictEqual(OK)
  expect(given).toStrictEqual([ROWS, ROWS])
})

test('rows that were read and changed are given on as they are then', () => {
  const { collect, given } = keeper('changed')
  expect(collect(ROWS)).toStrictEqual(OK)
  expect(given).toStrictEqual([[[text('changed'), text('ü€𝄞')], ROWS[1]]])
})

test('rows that were put in place of others are given on', () => {
  const { collect, given } = keeper('replaced')
  expect(collect(ROWS)).toStrictEqual(OK)
  expect(given).toStrictEqual([[[int(2)]]])
})

test('a batch that was read is as good after its call', () => {
  const { collect, given } = keeper('keep read')
  collect(ROWS)
  collect([[int(9), int(9)]])
  expect(given).toStrictEqual([ROWS])
})

test('a batch that is read for the first time after its call ends the instance and says why, instead of reading what lies there now', () => {
  const { collect, given, log } = keeper('keep')
  collect(ROWS)
  expect(() => collect([[int(9), int(9)]])).toThrow('unreachable')
  expect(given).toStrictEqual([])
  expect(log[0]).toContain('rows can be read for the first time only during the call that brought them: read them in collect')
})
