import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import {
  catalogWorld,
  type CatalogGiven,
  type CatalogWorld,
  failureOf,
  fakeComponent,
  fakeZip,
  temporaryFolder,
} from '../../../support/catalog.ts'
import { until } from '../../../support/until.ts'

const RULE = '{"id":"r1","sql":"SELECT * FROM demo","actions":[{"mysql":{}}]}'

async function world(given: CatalogGiven = {}): Promise<CatalogWorld> {
  const made = await catalogWorld(given)
  if (made.catalog.streams.list().length === 0) made.catalog.streams.execute('CREATE STREAM demo () WITH (DATASOURCE="demo")')
  return made
}

function zipFile(plugin: Parameters<typeof fakeZip>[0]): string {
  const file = path.join(temporaryFolder(), `${plugin.name}.zip`)
  writeFileSync(file, fakeZip(plugin))
  return pathToFileURL(file).href
}

const sinks = ({ folder }: CatalogWorld): string => path.join(folder, 'plugins', 'sinks')

test('an installed plugin can be used at once, without a restart', async () => {
  const { catalog, registry } = await world()
  expect(await catalog.plugins.install({ name: 'mysql', file: zipFile({ name: 'mysql' }) }, 'sinks')).toEqual({
    kind: 'sinks',
    name: 'mysql',
  })
  expect(catalog.plugins.list('sinks')).toEqual(['mysql'])
  expect(catalog.plugins.list('sources')).toEqual([])
  expect(catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toMatchObject({
    name: 'mysql',
    version: '1.0.0',
    kinds: ['sink'],
    signed: 'no',
    installed: 'package',
  })
  expect(registry.find('sink', 'MySQL')).toBeDefined()
  await catalog.rules.create(RULE)
})

test('what a zip is, it says itself', async () => {
  const { catalog } = await world()
  expect(await catalog.plugins.installZip(fakeZip({ name: 'rnd', kinds: ['source'] }), {})).toEqual({ kind: 'sources', name: 'rnd' })
  expect(await catalog.plugins.installZip(fakeZip({ name: 'geo', kinds: ['function'] }), {})).toEqual({ kind: 'functions', name: 'geo' })
  expect(catalog.plugins.get({ kind: 'functions', name: 'geo' })).toMatchObject({ functions: ['geo'] })
})

test.each<[string, (w: CatalogWorld) => unknown, string]>([
  ['no zip', ({ catalog }) => catalog.plugins.installZip(Buffer.from('hello'), {}), 'fail to install plugin: the file is not a zip'],
  [
    'another name',
    ({ catalog }) => catalog.plugins.installZip(fakeZip({ name: 'mysql' }), { name: 'other' }),
    'fail to install plugin: the request names the plugin "other"',
  ],
  [
    'another kind',
    ({ catalog }) => catalog.plugins.installZip(fakeZip({ name: 'mysql' }), { kind: 'sources' }),
    'fail to install plugin: the package is no source plugin, but a sink plugin',
  ],
  [
    'the name of a built-in',
    ({ catalog }) => catalog.plugins.installZip(fakeZip({ name: 'mqtt' }), {}),
    'invalid name mqtt: a sink of this name exists already',
  ],
  [
    'the name of a built-in function',
    ({ catalog }) => catalog.plugins.installZip(fakeZip({ name: 'abs', kinds: ['function'] }), {}),
    'function name abs already exists',
  ],
  [
    'an empty name',
    ({ catalog }) => catalog.plugins.install({ name: '', file: 'file:///a.zip' }, 'sinks'),
    'invalid name : should not be empty',
  ],
  [
    'a name that leaves the folder',
    ({ catalog }) => catalog.plugins.install({ name: '../..', file: 'file:///a.zip' }, 'sinks'),
    "id '../..' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
  ],
  [
    'a name in the zip that leaves the folder',
    ({ catalog }) => catalog.plugins.installZip(fakeZip({ name: '../../evil' }), {}),
    "fail to install plugin: id '../../evil' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
  ],
  [
    'a bad address',
    ({ catalog }) => catalog.plugins.install({ name: 'mysql', file: 'gopher://x/a.zip' }, 'sinks'),
    'invalid uri gopher://x/a.zip',
  ],
  [
    'a wrong checksum',
    ({ catalog }) => catalog.plugins.install({ name: 'mysql', file: zipFile({ name: 'mysql' }), sha256: '0'.repeat(64) }, 'sinks'),
    `expected ${'0'.repeat(64)}`,
  ],
])('a package with %s is refused and leaves nothing behind', async (_what, call, message) => {
  const given = await world()
  expect((await failureOf(() => call(given))).message).toContain(message)
  expect(given.catalog.plugins.all()).toEqual([])
  for (const kind of ['sources', 'sinks', 'functions']) expect(readdirSync(path.join(given.folder, 'plugins', kind))).toEqual([])
})

test('a name that is taken is refused, without regard to case', async () => {
  const { catalog } = await world()
  await catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  expect(await failureOf(() => catalog.plugins.installZip(fakeZip({ name: 'MySQL' }), {}))).toMatchObject({
    code: 'already_exists',
    message: 'invalid name MySQL: duplicate',
  })
  expect((await failureOf(() => catalog.plugins.install({ name: 'mysql', file: 'http://127.0.0.1:1/a.zip' }, 'sinks'))).message).toBe(
    'invalid name mysql: duplicate',
  )
})

test('an update replaces the plugin and restarts the rules that use it', async () => {
  const given = await world()
  const { catalog, engine } = given
  await catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  await catalog.rules.create(RULE)
  await catalog.rules.create('{"id":"other","sql":"SELECT * FROM demo","actions":[{"log":{}}]}')
  await catalog.plugins.update({ kind: 'sinks', name: 'mysql' }, { name: undefined, file: zipFile({ name: 'mysql', version: '1.1.0' }) })
  expect(catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toMatchObject({ version: '1.1.0' })
  expect(engine.rules.get('r1')?.calls).toEqual(['start', 'stop: stopped by update', 'start'])
  expect(engine.rules.get('other')?.calls).toEqual(['start'])
  expect(readdirSync(path.join(sinks(given), 'mysql')).filter((name) => name.startsWith('1.'))).toHaveLength(2)
})

test('an update with a broken package leaves the old plugin as it was', async () => {
  const { catalog, engine, registry } = await world()
  await catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  await catalog.rules.create(RULE)
  const before = registry.find('sink', 'mysql')
  const id = { kind: 'sinks', name: 'mysql' } as const
  await failureOf(() => catalog.plugins.updateZip(id, Buffer.from('broken')))
  await failureOf(() => catalog.plugins.updateZip(id, fakeZip({ name: 'other' })))
  await failureOf(() => catalog.plugins.updateZip(id, fakeZip({ name: 'mysql', kinds: ['source'] })))
  expect(registry.find('sink', 'mysql')).toBe(before)
  expect(engine.rules.get('r1')?.calls).toEqual(['start'])
})

test('a rule that waits for its plugin starts when the plugin is installed', async () => {
  const first = await world()
  await first.catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  await first.catalog.rules.create(RULE)
  const second = await world({ store: first.store })
  expect(second.catalog.rules.list()[0]?.status).toBe('stopped by error')
  await second.catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  expect(second.catalog.rules.list()[0]?.status).toBe('running')
})

test('a plugin that rules use is deleted only by force', async () => {
  const given = await world()
  const { catalog, registry } = given
  await catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  await catalog.rules.create(RULE)
  const id = { kind: 'sinks', name: 'mysql' } as const
  expect(await failureOf(() => catalog.plugins.remove(id))).toMatchObject({
    code: 'plugin_invalid',
    message: 'sinks plugin mysql is used by rule r1',
  })
  await catalog.plugins.remove(id, true)
  expect(catalog.plugins.list('sinks')).toEqual([])
  expect(registry.find('sink', 'mysql')).toBeUndefined()
  expect(readdirSync(sinks(given))).toEqual([])
})

test.each(['get', 'remove', 'update'] as const)('%s of a plugin that is not there is refused', async (verb) => {
  const { catalog } = await world()
  const id = { kind: 'sinks', name: 'mysql' } as const
  const call = {
    get: () => catalog.plugins.get(id),
    remove: () => catalog.plugins.remove(id),
    update: () => catalog.plugins.update(id, { name: undefined, file: 'file:///a.zip' }),
  }
  expect(await failureOf(call[verb])).toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('sinks plugin mysql error: not found'),
  })
})

test('a name with .. deletes nothing', async () => {
  const given = await world()
  writeFileSync(path.join(given.folder, 'precious'), 'x')
  for (const name of ['..', '../..', '.', ''])
    expect((await failureOf(() => given.catalog.plugins.remove({ kind: 'sinks', name }, true))).code).toBe('not_found')
  expect(existsSync(path.join(given.folder, 'precious'))).toBe(true)
})

test('installed plugins survive a restart without being checked again, and their rules run', async () => {
  const first = await world()
  await first.catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  await first.catalog.rules.create(RULE)
  await first.catalog.close()
  const second = await world({ folder: first.folder, store: first.store })
  expect(second.catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toMatchObject({ version: '1.0.0', installed: 'package' })
  expect(second.catalog.rules.list()[0]?.status).toBe('running')
  expect(second.host.checks).toBe(0)
})

test('what a killed server has left half done is cleared, the plugin is the old one', async () => {
  const first = await world()
  await first.catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  await first.catalog.close()
  const home = path.join(sinks(first), 'mysql')
  mkdirSync(path.join(sinks(first), '.new-abc'))
  writeFileSync(path.join(sinks(first), '.new-abc', 'mysql@v2.0.0.wasm'), 'half')
  mkdirSync(path.join(home, '2.0.0-abc'))
  writeFileSync(path.join(home, '.new-current.json'), '{')
  const second = await world({ folder: first.folder, store: first.store })
  expect(second.catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toMatchObject({ version: '1.0.0' })
  expect(readdirSync(sinks(first))).toEqual(['mysql'])
  expect(readdirSync(home)).toHaveLength(2)
})

test('an installed plugin that was damaged is reported, and can be installed again', async () => {
  const first = await world()
  await first.catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  await first.catalog.close()
  const home = path.join(sinks(first), 'mysql')
  const version = readdirSync(home).find((name) => name.startsWith('1.')) ?? ''
  writeFileSync(path.join(home, version, 'mysql@v1.0.0.wasm'), 'damaged')
  const second = await world({ folder: first.folder, store: first.store })
  expect(second.log.of('error')).toContain('an installed plugin cannot be used')
  const id = { kind: 'sinks', name: 'mysql' } as const
  expect(second.catalog.plugins.get(id)).toMatchObject({ name: 'mysql', error: 'the stored component is not the one that was installed' })
  await second.catalog.plugins.updateZip(id, fakeZip({ name: 'mysql' }))
  expect(second.catalog.plugins.get(id)).not.toHaveProperty('error')
})

test('all files of a package are stored under their names', async () => {
  const given = await world()
  await given.catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  const home = path.join(sinks(given), 'mysql')
  const record = JSON.parse(readFileSync(path.join(home, 'current.json'), 'utf8')) as { folder: string }
  expect(readFileSync(path.join(home, record.folder, 'etc', 'extra.txt'), 'utf8')).toBe('x')
})

async function scan({ catalog }: CatalogWorld): Promise<void> {
  await catalog.plugins.scan()
  await catalog.plugins.scan()
}

test('files copied by hand are found without a restart, once they no longer change', async () => {
  const given = await world()
  const file = path.join(sinks(given), 'Mysql@v1.2.0.wasm')
  writeFileSync(file, fakeComponent({ name: 'mysql', version: '1.2.0' }))
  await given.catalog.plugins.scan()
  expect(given.catalog.plugins.list('sinks')).toEqual([])
  await given.catalog.plugins.scan()
  expect(given.catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toMatchObject({ version: '1.2.0', installed: 'copied' })
  await given.catalog.rules.create(RULE)
})

test('the folders are looked through at the interval of the settings', async () => {
  const given = await world()
  writeFileSync(path.join(sinks(given), 'mysql.wasm'), fakeComponent({ name: 'mysql' }))
  await until('the plugin is found', async () => {
    await given.clock.advance(2000)
    return given.catalog.plugins.list('sinks').length === 1
  })
})

test('a changed file replaces the plugin and restarts its rules, a removed one takes it away', async () => {
  const given = await world()
  const file = path.join(sinks(given), 'mysql.wasm')
  writeFileSync(file, fakeComponent({ name: 'mysql' }))
  await scan(given)
  await given.catalog.rules.create(RULE)
  writeFileSync(`${file}.tmp`, fakeComponent({ name: 'mysql', version: '10.0.0' }))
  renameSync(`${file}.tmp`, file)
  await scan(given)
  expect(given.catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toMatchObject({ version: '10.0.0' })
  expect(given.engine.rules.get('r1')?.calls).toEqual(['start', 'stop: stopped by update', 'start'])
  rmSync(file)
  await scan(given)
  expect(given.catalog.plugins.list('sinks')).toEqual([])
  expect(given.registry.find('sink', 'mysql')).toBeUndefined()
})

test('of several versions the highest counts, as numbers', async () => {
  const given = await world()
  for (const version of ['1.9.0', '1.10.0', '1.2.0'])
    writeFileSync(path.join(sinks(given), `mysql@v${version}.wasm`), fakeComponent({ name: 'mysql', version }))
  await scan(given)
  expect(given.catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toMatchObject({ version: '1.10.0' })
})

test('a broken copied file is reported once in the log and in the list, and ends nothing', async () => {
  const given = await world()
  const file = path.join(sinks(given), 'mysql.wasm')
  writeFileSync(file, 'garbage')
  await scan(given)
  await scan(given)
  expect(given.log.of('error')).toEqual(['a plugin copied by hand cannot be used'])
  expect(given.catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toEqual({ name: 'mysql', version: '', error: 'it is no component' })
  writeFileSync(file, fakeComponent({ name: 'mysql', version: '2.0.0' }))
  await scan(given)
  expect(given.catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toMatchObject({ version: '2.0.0' })
})

test('a broken file over a good one leaves the good one at work and shows the error', async () => {
  const given = await world()
  const file = path.join(sinks(given), 'mysql.wasm')
  writeFileSync(file, fakeComponent({ name: 'mysql' }))
  await scan(given)
  writeFileSync(file, 'garbage!')
  await scan(given)
  expect(given.catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toMatchObject({ version: '1.0.0', error: 'it is no component' })
  expect(given.registry.find('sink', 'mysql')).toBeDefined()
})

test('a component in the folder of another kind is reported', async () => {
  const given = await world()
  writeFileSync(path.join(sinks(given), 'rnd.wasm'), fakeComponent({ name: 'rnd', kinds: ['source'] }))
  await scan(given)
  expect(given.catalog.plugins.get({ kind: 'sinks', name: 'rnd' })).toMatchObject({
    error: 'the package is no sink plugin, but a source plugin',
  })
})

test('a copied plugin is updated and deleted like an installed one', async () => {
  const given = await world()
  const id = { kind: 'sinks', name: 'mysql' } as const
  const file = path.join(sinks(given), 'mysql.wasm')
  writeFileSync(file, fakeComponent({ name: 'mysql' }))
  await scan(given)
  await given.catalog.plugins.updateZip(id, fakeZip({ name: 'mysql', version: '3.0.0' }))
  expect(existsSync(file)).toBe(false)
  await scan(given)
  expect(given.catalog.plugins.get(id)).toMatchObject({ version: '3.0.0', installed: 'package' })
  await given.catalog.plugins.remove(id)
  writeFileSync(file, fakeComponent({ name: 'mysql' }))
  await scan(given)
  await given.catalog.plugins.remove(id)
  await scan(given)
  expect(existsSync(file)).toBe(false)
  expect(given.catalog.plugins.list('sinks')).toEqual([])
})

test('a copied file does not take the place of an installed plugin', async () => {
  const given = await world()
  await given.catalog.plugins.installZip(fakeZip({ name: 'mysql' }), {})
  writeFileSync(path.join(sinks(given), 'mysql.wasm'), fakeComponent({ name: 'mysql', version: '9.0.0' }))
  await scan(given)
  expect(given.catalog.plugins.get({ kind: 'sinks', name: 'mysql' })).toMatchObject({ version: '1.0.0', installed: 'package' })
  expect(given.log.of('error')).toEqual(['a plugin copied by hand cannot be used'])
})

test('copied files are there at the next start, checked only once', async () => {
  const first = await world()
  writeFileSync(path.join(sinks(first), 'mysql.wasm'), fakeComponent({ name: 'mysql' }))
  await scan(first)
  await first.catalog.rules.create(RULE)
  await first.catalog.close()
  const second = await world({ folder: first.folder, store: first.store })
  expect(second.catalog.rules.list()[0]?.status).toBe('running')
  expect(first.host.checks + second.host.checks).toBe(1)
})

test('a package of several kinds is a plugin of each of them', async () => {
  const { catalog, registry } = await world()
  await catalog.plugins.installZip(fakeZip({ name: 'all', kinds: ['source', 'sink', 'function'] }), { kind: 'sinks' })
  for (const kind of ['sources', 'sinks', 'functions'] as const) {
    expect(catalog.plugins.list(kind)).toEqual(['all'])
    expect(catalog.plugins.get({ kind, name: 'ALL' })).toMatchObject({ kinds: ['source', 'sink', 'function'], functions: ['all'] })
    expect(registry.find(kind === 'sources' ? 'source' : kind === 'sinks' ? 'sink' : 'function', 'all')).toBeDefined()
  }
  expect(catalog.plugins.all()).toHaveLength(1)
  expect(await failureOf(() => catalog.plugins.install({ name: 'all', file: 'file:///x.zip' }, 'sources'))).toMatchObject({
    message: 'invalid name all: duplicate',
  })
  await catalog.plugins.updateZip({ kind: 'sources', name: 'all' }, fakeZip({ name: 'all', version: '1.1.0', kinds: ['source', 'sink'] }))
  expect(catalog.plugins.get({ kind: 'sinks', name: 'all' })).toMatchObject({ version: '1.1.0' })
  expect(catalog.plugins.list('functions')).toEqual([])
  await catalog.plugins.remove({ kind: 'sources', name: 'all' })
  expect(catalog.plugins.all()).toEqual([])
  expect(registry.find('sink', 'all')).toBeUndefined()
})

test('functions of plugins are listed with their plugin; names of others cannot be taken', async () => {
  const { catalog } = await world()
  await catalog.plugins.installZip(fakeZip({ name: 'geo', kinds: ['function'] }), {})
  await catalog.plugins.installZip(fakeZip({ name: 'echo', kinds: ['function', 'sink'] }), {})
  expect(catalog.plugins.functions()).toEqual(['echo', 'geo'])
  expect(catalog.plugins.getFunction('GEO')).toEqual({ name: 'geo', plugin: 'geo' })
  expect(await failureOf(() => catalog.plugins.getFunction('gee'))).toMatchObject({
    code: 'not_found',
    message: 'describe user defined function gee error: not found',
    hint: 'did you mean "geo"?',
  })
  expect(
    await failureOf(() => catalog.plugins.installZip(fakeZip({ name: 'Geo', kinds: ['function', 'source'] }), { kind: 'sources' })),
  ).toMatchObject({
    message: 'function name Geo already exists',
  })
  catalog.plugins.checkFunctions({ kind: 'functions', name: 'geo' }, ['Geo'])
  expect(await failureOf(() => catalog.plugins.checkFunctions({ kind: 'functions', name: 'geo' }, ['geo', 'other']))).toMatchObject({
    message: 'the plugin geo has no function other',
    hint: 'it has geo',
  })
})
