import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { PluginPackage } from '../../../../src/api/plugin.ts'
import { PluginFolder } from '../../../../src/catalog/plugins/plugin-folder.ts'
import { failureOf, temporaryFolder } from '../../../support/catalog.ts'

const SIZE = 200_000

function plugin(version: string, files: ReadonlyMap<string, Uint8Array>): PluginPackage {
  const component = files.get('p.wasm') ?? new Uint8Array()
  const sha256 = createHash('sha256').update(component).digest('hex')
  return {
    description: { name: 'p', version, kinds: ['sink'], capabilities: [], wit: '1.0.0', size: component.length, sha256 },
    component,
    files,
  }
}

/** Replaces the plugin by versions 1.0.0, 2.0.0, 3.0.0 ... until it is killed; says so after the first. */
const WRITER = `
const { PluginFolder } = await import(process.argv[1])
const { createHash } = await import('node:crypto')
const folder = new PluginFolder(process.argv[2])
await folder.prepare()
for (let i = 1; ; i++) {
  const component = Buffer.alloc(${SIZE}, String(i))
  const sha256 = createHash('sha256').update(component).digest('hex')
  const files = new Map([['p.wasm', component], ['p.json', Buffer.from(JSON.stringify({ version: i }))], ['etc/a/b.txt', Buffer.alloc(1000, String(i))]])
  const description = { name: 'p', version: i + '.0.0', kinds: ['sink'], capabilities: [], wit: '1.0.0', size: component.length, sha256 }
  await folder.save('sinks', 'p', { description, component, files })
  if (i === 1) process.stdout.write('ready')
}
`

test.each([3, 7, 12, 20, 33, 51])(
  'a server that is killed %i ms into replacing a plugin leaves the old one or the new one, whole',
  async (ms) => {
    const root = path.join(temporaryFolder(), 'plugins')
    const module = pathToFileURL(path.resolve('src/catalog/plugins/plugin-folder.ts')).href
    const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER, module, root], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(writer, 'exit')
    await once(writer.stdout, 'data')
    await new Promise((resolve) => {
      setTimeout(resolve, ms)
    })
    writer.kill('SIGKILL')
    await ended
    const folder = new PluginFolder(root)
    await folder.prepare()
    const [found, ...more] = await folder.load()
    expect(more).toEqual([])
    if (found === undefined || 'error' in found) throw new Error('the plugin is lost', { cause: found })
    const { description, files, manifest } = found.plugin
    const i = Number.parseInt(description.version, 10)
    expect(manifest).toEqual({ version: i })
    expect([...files.keys()].toSorted()).toEqual(['etc/a/b.txt', 'p.json', 'p.wasm'])
    expect(Buffer.from(files.get('etc/a/b.txt') ?? []).equals(Buffer.alloc(1000, String(i)))).toBe(true)
  },
)

test('a file whose name leaves the folder is refused, and nothing is left behind', async () => {
  const folder = new PluginFolder(path.join(temporaryFolder(), 'plugins'))
  await folder.prepare()
  for (const name of ['../evil', '/tmp/evil', 'etc/../../evil']) {
    const bad = plugin(
      '1.0.0',
      new Map([
        ['p.wasm', Buffer.from('x')],
        [name, Buffer.from('x')],
      ]),
    )
    expect(await failureOf(() => folder.save('sinks', 'p', bad))).toMatchObject({ message: expect.stringContaining('leaves the folder') })
  }
  expect(await folder.load()).toEqual([])
})
