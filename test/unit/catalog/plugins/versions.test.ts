import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { PluginMove } from '../../../../src/api/plugin.ts'
import { PlutinoError } from '../../../../src/base/errors.ts'
import { catalogWorld, type CatalogGiven, type CatalogWorld, failureOf, fakeZip } from '../../../support/catalog.ts'
import { until } from '../../../support/until.ts'

const RULE = '{"id":"r1","sql":"SELECT * FROM demo","actions":[{"mysql":{}}]}'
const ID = { kind: 'sinks', name: 'mysql' } as const

async function world(given: CatalogGiven = {}): Promise<CatalogWorld> {
  const made = await catalogWorld(given)
  if (made.catalog.streams.list().length === 0) made.catalog.streams.execute('CREATE STREAM demo () WITH (DATASOURCE="demo")')
  return made
}

const zip = (version: string): Buffer => fakeZip({ name: 'mysql', version })

async function withVersions(...versions: readonly string[]): Promise<CatalogWorld> {
  const given = await world()
  const [first = '1.0.0', ...more] = versions
  await given.catalog.plugins.installZip(zip(first), {})
  for (const version of more) await given.catalog.plugins.updateZip(ID, zip(version))
  return given
}

const shown = ({ catalog }: CatalogWorld): unknown => catalog.plugins.get(ID)['versions']

test('versions stay side by side, the last three of them', async () => {
  const given = await withVersions('1.0.0', '1.1.0', '1.2.0', '1.3.0')
  expect(shown(given)).toMatchObject([
    { version: '1.1.0', current: false },
    { version: '1.2.0', current: false },
    { version: '1.3.0', current: true },
  ])
  expect(readdirSync(path.join(given.folder, 'plugins/sinks/mysql'))).toHaveLength(4)
})

test('a rollback goes to the version before, another one further back, and a restart keeps it', async () => {
  const given = await withVersions('1.0.0', '2.0.0', '3.0.0')
  const { plugins } = given.catalog
  expect(await plugins.rollback(ID)).toBe('2.0.0')
  expect(plugins.get(ID)).toMatchObject({ version: '2.0.0' })
  expect(await plugins.rollback(ID)).toBe('1.0.0')
  expect(await failureOf(() => plugins.rollback(ID))).toMatchObject({
    code: 'plugin_invalid',
    message: 'there is no earlier version of plugin mysql',
    hint: 'versions on the disk: 1.0.0, 2.0.0, 3.0.0',
  })
  expect(await plugins.rollback(ID, '3.0.0')).toBe('3.0.0')
  expect((await failureOf(() => plugins.rollback(ID, '9.9.9'))).message).toBe('there is no other version 9.9.9 of plugin mysql')
  await given.catalog.close()
  const second = await world({ folder: given.folder, store: given.store })
  expect(second.catalog.plugins.get(ID)).toMatchObject({ version: '3.0.0' })
  expect(await second.catalog.plugins.rollback(ID)).toBe('2.0.0')
})

test('a rollback of a plugin that is not there says so', async () => {
  const { catalog } = await world()
  expect(await failureOf(() => catalog.plugins.rollback(ID))).toMatchObject({ code: 'not_found' })
})

test('a version whose first calls fail is rolled back on the disk and in the registry, and is shown as failed', async () => {
  const given = await withVersions('1.0.0')
  const { catalog, host, registry, log } = given
  const before = registry.find('sink', 'mysql')
  let fail: ((error: PlutinoError) => void) | undefined
  host.move = async (_, __, failed) => {
    fail ??= failed
    return { restart: [], commit: () => Promise.resolve(), cancel: () => Promise.resolve() }
  }
  await catalog.plugins.updateZip(ID, zip('2.0.0'))
  expect(catalog.plugins.get(ID)).toMatchObject({ version: '2.0.0' })
  fail?.(new PlutinoError('plugin_failed', 'it trapped'))
  await until('the rollback', () => catalog.plugins.get(ID)['version'] === '1.0.0')
  await until('the line', () => log.of('error').length > 0)
  expect(shown(given)).toMatchObject([
    { version: '1.0.0', current: true },
    { version: '2.0.0', current: false, failed: 'it trapped' },
  ])
  expect(registry.find('sink', 'mysql')).toBe(before)
  expect(log.of('error')).toEqual(['a new version of a plugin failed its first calls and was rolled back'])
  await catalog.close()
  const second = await world({ folder: given.folder, store: given.store })
  expect(second.catalog.plugins.get(ID)).toMatchObject({ version: '1.0.0' })
})

test.each<[string, Partial<PluginMove> | undefined]>([
  ['does not start beside the old one', undefined],
  ['does not take over', { commit: () => Promise.reject(new PlutinoError('plugin_invalid', 'it does not start in rule r1')) }],
])('a version that %s is refused, and the old one counts', async (_, how) => {
  const given = await withVersions('1.0.0')
  const { catalog, host, registry } = given
  const before = registry.find('sink', 'mysql')
  host.move = async () => {
    if (how === undefined) throw new PlutinoError('plugin_invalid', 'it does not start in rule r1')
    return { restart: [], commit: () => Promise.resolve(), cancel: () => Promise.resolve(), ...how }
  }
  expect((await failureOf(() => catalog.plugins.updateZip(ID, zip('2.0.0')))).message).toBe('it does not start in rule r1')
  expect(catalog.plugins.get(ID)).toMatchObject({ version: '1.0.0' })
  expect(registry.find('sink', 'mysql')).toBe(before)
  await catalog.close()
  const second = await world({ folder: given.folder, store: given.store })
  expect(second.catalog.plugins.get(ID)).toMatchObject({ version: '1.0.0' })
})

test('rules that move are not stopped', async () => {
  const { catalog, host, engine } = await withVersions('1.0.0')
  await catalog.rules.create(RULE)
  host.move = async () => ({ restart: [], commit: () => Promise.resolve(), cancel: () => Promise.resolve() })
  await catalog.plugins.updateZip(ID, zip('2.0.0'))
  expect(engine.rules.get('r1')?.calls).toEqual(['start'])
})

test('a rule whose plugin was deleted by force says so, and recovers when it is installed again', async () => {
  const { catalog, engine } = await withVersions('1.0.0')
  await catalog.rules.create(RULE)
  await catalog.plugins.remove(ID, true)
  expect(engine.rules.get('r1')?.calls).toEqual(['start', 'stop: stopped by update'])
  expect(catalog.rules.status('r1')).toMatchObject({
    status: 'stopped by error',
    message: expect.stringMatching(/^the plugin mysql was deleted: .*mysql/),
  })
  expect(catalog.rules.list()).toMatchObject([{ status: 'stopped by error' }])
  await catalog.plugins.installZip(zip('1.0.0'), {})
  expect(catalog.rules.status('r1')).toMatchObject({ status: 'running', message: '' })
  expect(engine.rules.get('r1')?.calls).toEqual(['start', 'stop: stopped by update', 'stop: stopped by update', 'start'])
})

test('a rule that somebody stopped stays stopped when its plugin comes back', async () => {
  const { catalog, engine } = await withVersions('1.0.0')
  await catalog.rules.create(RULE)
  await catalog.rules.stop('r1')
  await catalog.plugins.remove(ID, true)
  await catalog.plugins.installZip(zip('1.0.0'), {})
  expect(engine.rules.get('r1')?.state).toBe('stopped')
})

test('of two installs of one name at once one is done, the other one refused', async () => {
  const { catalog } = await world()
  const answers = await Promise.allSettled(['1.0.0', '2.0.0', '3.0.0'].map((version) => catalog.plugins.installZip(zip(version), {})))
  expect(answers.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  for (const one of answers) {
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'already_exists', message: 'invalid name mysql: duplicate' })
  }
})

test('updates, a rollback and a delete at once come one after another', async () => {
  const given = await withVersions('1.0.0')
  const { plugins } = given.catalog
  await Promise.allSettled([plugins.updateZip(ID, zip('2.0.0')), plugins.updateZip(ID, zip('3.0.0')), plugins.rollback(ID)])
  expect(shown(given)).toHaveLength(3)
  await Promise.allSettled([plugins.remove(ID), plugins.updateZip(ID, zip('4.0.0'))])
  await given.catalog.close()
  const second = await world({ folder: given.folder, store: given.store })
  expect(second.catalog.plugins.all().every((one) => !('error' in one))).toBe(true)
})

test('what the installer allows is kept over a restart and over an update, which may not want more', async () => {
  const first = await world()
  expect(await failureOf(() => first.catalog.plugins.installZip(zip('1.0.0'), { allow: ['tcp'] }))).toMatchObject({
    message: 'fail to install plugin: it needs db, which is not allowed',
  })
  await first.catalog.plugins.installZip(zip('1.0.0'), { allow: ['db'] })
  await first.catalog.close()
  const second = await world({ folder: first.folder, store: first.store })
  expect(second.catalog.plugins.get(ID)).toMatchObject({ allow: ['db'] })
  await second.catalog.plugins.updateZip(ID, zip('2.0.0'))
  expect(second.catalog.plugins.get(ID)).toMatchObject({ version: '2.0.0', allow: ['db'] })
  expect((await failureOf(() => second.catalog.plugins.updateZip(ID, zip('3.0.0'), ['http']))).message).toContain('not allowed')
  await second.catalog.plugins.updateZip(ID, zip('3.0.0'), ['db', 'http:https://api.example/*'])
  expect(second.catalog.plugins.get(ID)).toMatchObject({ version: '3.0.0', allow: ['db', 'http:https://api.example/*'] })
})
