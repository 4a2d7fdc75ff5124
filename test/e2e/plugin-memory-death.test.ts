import { rmSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { packPlugin } from '../../plugin-sdk/assemblyscript/build/pack.ts'
import { ROOT, ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A row with how many rows its source, its functions and its sink have seen, each from its memory. */
interface Line {
  readonly n: number
  readonly seen: number
  readonly counted: number
  readonly words: number
  readonly written: number
}

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'the memory of a source, a function and a sink is that of the offset from which the rule goes on, over %s',
  async (signal) => {
    const folder = temporaryFolder()
    closing.push(() => rmSync(folder, { recursive: true, force: true }))
    const database = new DatabaseSync(path.join(folder, 'ledger.db'), { timeout: 5000 })
    closing.push(() => database.close())
    database.exec(
      'PRAGMA journal_mode = WAL; CREATE TABLE ledger (n INTEGER, seen INTEGER, counted INTEGER, words INTEGER, written INTEGER)',
    )
    const count = (): number => Number(database.prepare('SELECT coalesce(max(n), 0) AS n FROM ledger').get()?.['n'])

    let server = await ServerProcess.start({ folder })
    closing.push(() => server.kill())
    for (const plugin of ['plugin-sdk/assemblyscript/test/guests/ledger', 'plugins/accumulate-word-count'])
      await server.expect('POST', '/plugins', new Uint8Array((await packPlugin(path.join(ROOT, plugin))).zip))
    await server.expect('POST', '/streams', { sql: 'CREATE STREAM numbers () WITH (TYPE="ledger")' })
    await server.expect('POST', '/rules', {
      id: 'ledger',
      sql: 'SELECT n, seen, tally("") AS counted, accumulateWordCount("one", " ") AS words FROM numbers',
      actions: [{ ledger: { url: 'sqlite:ledger.db' } }],
      options: { qos: 1, checkpointInterval: '40ms' },
    })
    for (let life = 1; life <= 4; life++) {
      const before = count()
      await until('a thousand rows more', () => count() > before + 1_000, 20_000)
      if (signal === 'SIGTERM') await server.stop(signal)
      else await server.kill()
      if (life < 4) server = await ServerProcess.start({ folder })
    }

    const lines = database.prepare('SELECT * FROM ledger').all() as unknown as Line[]
    const wrong = lines.filter(({ n, seen, counted, words, written }) => [seen, counted, words, written].some((each) => each !== n + 1))
    expect(wrong.slice(0, 5)).toEqual([])
    const numbers = new Set(lines.map(({ n }) => n))
    expect(numbers.size).toBe(count() + 1)
    if (signal === 'SIGTERM') expect(lines.length).toBe(numbers.size)
  },
  90_000,
)

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'a shared stream goes on for all of its rules, with the memory of its source, over %s',
  async (signal) => {
    const folder = temporaryFolder()
    closing.push(() => rmSync(folder, { recursive: true, force: true }))
    const database = new DatabaseSync(path.join(folder, 'ledger.db'), { timeout: 5000 })
    closing.push(() => database.close())
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE ledger (rule INTEGER, n INTEGER, seen INTEGER, written INTEGER)')
    const linesOf = (rule: number): readonly Pick<Line, 'n' | 'seen'>[] =>
      database.prepare('SELECT n, seen FROM ledger WHERE rule = ?').all(rule) as unknown as Line[]
    const reached = (rule: number): number => Math.max(0, ...linesOf(rule).map(({ n }) => n))
    const rules = [1, 2]

    let server = await ServerProcess.start({ folder })
    closing.push(() => server.kill())
    const ledger = await packPlugin(path.join(ROOT, 'plugin-sdk/assemblyscript/test/guests/ledger'))
    await server.expect('POST', '/plugins', new Uint8Array(ledger.zip))
    await server.expect('POST', '/streams', { sql: 'CREATE STREAM numbers () WITH (TYPE="ledger", SHARED="TRUE")' })
    for (const rule of rules) {
      await server.expect('POST', '/rules', {
        id: `rule${rule}`,
        sql: `SELECT ${rule} AS rule, n, seen FROM numbers`,
        actions: [{ ledger: { url: 'sqlite:ledger.db' } }],
        options: { qos: 1, checkpointInterval: '40ms' },
      })
    }
    for (let life = 1; life <= 3; life++) {
      const before = rules.map(reached)
      await until('a thousand rows more', () => rules.every((rule, i) => reached(rule) > (before[i] ?? 0) + 1_000), 20_000)
      if (signal === 'SIGTERM') await server.stop(signal)
      else await server.kill()
      if (life < 3) server = await ServerProcess.start({ folder })
    }

    for (const rule of rules) {
      const lines = linesOf(rule)
      expect(lines.filter(({ n, seen }) => seen !== n + 1).slice(0, 5)).toEqual([])
      const numbers = new Set(lines.map(({ n }) => n))
      // The second rule joined while the first was read already.
      expect(numbers.size).toBe(reached(rule) - Math.min(...numbers) + 1)
      if (signal === 'SIGTERM') expect(lines.length).toBe(numbers.size)
    }
  },
  90_000,
)
