import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.ts'
import { testContext } from '../../support/context.ts'
import { FakeDatabases, rowsOf, testHost } from '../../support/plugins.ts'

const databases = new FakeDatabases()
const host = testHost({ clock: systemClock, databases })
afterAll(() => host.close())

test('the MySQL sink that ships with the product installs, checks its configuration and writes rows', async () => {
  const plugin = await host.unpack(readFileSync(new URL('../../../plugins/mysql/prebuilt/mysql.zip', import.meta.url)), 'mysql')
  expect(plugin.description).toMatchObject({ name: 'mysql', version: '1.0.0', kinds: ['sink'] })
  const [definition] = host.definitions(plugin)
  if (definition?.kind !== 'sink') throw new Error('no sink')
  const ctx = testContext(systemClock)
  await expect(definition.create({ url: 'user:test@tcp(localhost:3307)/user' }).connect(ctx)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('Table is required'),
  })
  const sink = definition.create({ url: 'user:test@tcp(localhost:3307)/user', table: 'test' })
  await sink.connect(ctx)
  await sink.write(rowsOf([1, 'x'], [2n ** 60n, null]), ctx)
  await sink.close()
  expect(databases.opened.at(-1)).toEqual({
    url: 'user:test@tcp(localhost:3307)/user',
    grant: { verbs: ['insert', 'replace', 'update', 'delete'] },
  })
  expect(databases.batches).toEqual([
    {
      sql: expect.stringMatching(/^INSERT INTO `test`/),
      rows: [
        [1n, 'x'],
        [2n ** 60n, null],
      ],
    },
  ])
  expect(databases.sessions).toBe(0)
})
