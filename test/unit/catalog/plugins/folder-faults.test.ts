import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { PluginPackage } from '../../../../src/api/plugin.ts'
import { type FolderFiles, folderFiles } from '../../../../src/catalog/plugins/folder-files.ts'
import { PluginFolder } from '../../../../src/catalog/plugins/plugin-folder.ts'
import { failureOf, temporaryFolder } from '../../../support/catalog.ts'

const SIZE = 10_000

function plugin(version: number): PluginPackage {
  const component = Buffer.alloc(SIZE, String(version))
  const sha256 = createHash('sha256').update(component).digest('hex')
  const files = new Map<string, Uint8Array>([
    ['p.wasm', component],
    ['p.json', Buffer.from(JSON.stringify({ version }))],
    ['etc/a/b.txt', Buffer.alloc(1000, String(version))],
  ])
  const description = { name: 'p', version: `${version}.0.0`, kinds: ['sink' as const], capabilities: [], wit: '1.0.0', size: SIZE, sha256 }
  return { description, component, files }
}

const rootFolder = (): string => path.join(temporaryFolder(), 'plugins')

/** The version that a new server finds; every file of it must be whole. */
async function versionFound(root: string): Promise<number | undefined> {
  const folder = new PluginFolder(root)
  await folder.prepare()
  const [found, ...more] = await folder.load()
  expect(more).toEqual([])
  if (found === undefined) return undefined
  if ('error' in found) throw new Error('the plugin is broken', { cause: found.error })
  const { description, files } = found.plugin
  const version = Number.parseInt(description.version, 10)
  for (const [name, bytes] of plugin(version).files) expect(Buffer.compare(files.get(name) ?? Buffer.alloc(0), bytes)).toBe(0)
  return version
}

const works: Readonly<Record<string, { readonly before: number; readonly allowed: readonly (number | undefined)[] }>> = {
  install: { before: 0, allowed: [undefined, 1] },
  update: { before: 1, allowed: [1, 2] },
  'update with versions to remove': { before: 3, allowed: [3, 4] },
  delete: { before: 1, allowed: [1, undefined] },
}

async function prepared(root: string, before: number): Promise<PluginFolder> {
  const folder = new PluginFolder(root)
  await folder.prepare()
  for (let i = 1; i <= before; i++) await folder.save('sinks', 'p', plugin(i))
  return folder
}

/** Kills itself before step number `argv[4]`; a write is half done then. Packages come as JSON. */
const CHILD = `
const [folderModule, filesModule, root, step, work, text] = process.argv.slice(1)
const { PluginFolder } = await import(folderModule)
const { folderFiles } = await import(filesModule)
const { writeFileSync } = await import('node:fs')
let left = Number(step)
const files = Object.fromEntries(Object.entries(folderFiles).map(([name, run]) => [name, (...args) => {
  if (left-- > 0) return run(...args)
  if (name === 'write') writeFileSync(args[0], args[1].subarray(0, args[1].length / 2))
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => {})
}]))
const folder = new PluginFolder(root, 3, files)
if (work === 'delete') await folder.remove('sinks', 'p')
else {
  const { description, files: content } = JSON.parse(text)
  const bytes = new Map(content.map(([name, base64]) => [name, Buffer.from(base64, 'base64')]))
  await folder.save('sinks', 'p', { description, component: bytes.get('p.wasm'), files: bytes })
}
process.stdout.write('done')
`

const moduleOf = (name: string): string => pathToFileURL(path.resolve('src/catalog/plugins', name)).href

/** Did it come to its end? */
async function runAndKill(root: string, step: number, work: string, next: PluginPackage): Promise<boolean> {
  const files = [...next.files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])
  const text = JSON.stringify({ description: next.description, files })
  const args = [
    '--input-type=module',
    '-e',
    CHILD,
    moduleOf('plugin-folder.ts'),
    moduleOf('folder-files.ts'),
    root,
    String(step),
    work,
    text,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.resume()
  const [code, signal] = await once(child, 'exit')
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the child ended with ${code}`)
  return code === 0
}

describe.each(Object.entries(works))('%s', (work, { before, allowed }) => {
  test('a server that is killed at any step leaves the old one or the new one, whole', { timeout: 120_000 }, async () => {
    let step = 0
    const seen: (number | undefined)[] = []
    for (let done = false; !done;) {
      const batch = await Promise.all(
        [0, 1, 2, 3].map(async (more) => {
          const root = rootFolder()
          await prepared(root, before)
          const ended = await runAndKill(root, step + more, work, plugin(before + 1))
          return { ended, version: await versionFound(root) }
        }),
      )
      for (const one of batch) seen.push(one.version)
      step += batch.length
      done = batch.some((one) => one.ended)
    }
    for (const version of seen) expect(allowed).toContain(version)
    expect(seen[0]).toBe(allowed[0])
    expect(seen.at(-1)).toBe(allowed[1])
    expect(seen.length).toBeGreaterThan(3)
  })

  test('a step that fails, as on a full disk, leaves the old one and nothing beside it', async () => {
    for (let step = 0; ; step++) {
      const root = rootFolder()
      await prepared(root, before)
      let left = step
      const fail = <K extends keyof FolderFiles>(name: K): FolderFiles[K] =>
        ((...args: Parameters<FolderFiles[K]>) => {
          if (left-- !== 0) return (folderFiles[name] as (...given: readonly unknown[]) => unknown)(...args)
          return Promise.reject(Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC' }))
        }) as unknown as FolderFiles[K]
      const files: FolderFiles = {
        makeFolder: fail('makeFolder'),
        write: fail('write'),
        rename: fail('rename'),
        sync: fail('sync'),
        remove: fail('remove'),
        read: fail('read'),
        names: fail('names'),
      }
      const folder = new PluginFolder(root, 3, files)
      const failure = await failureOf(() =>
        work === 'delete' ? folder.remove('sinks', 'p') : folder.save('sinks', 'p', plugin(before + 1)),
      ).catch(() => undefined)
      const reached = left < 0
      const version = await versionFound(root)
      if (failure === undefined) expect(allowed).toContain(version)
      else {
        expect(failure).toMatchObject({
          code: 'system',
          message: expect.stringContaining('ENOSPC'),
          hint: expect.stringContaining('free some space'),
        })
        if (work !== 'delete') expect(version).toBe(allowed[0])
      }
      expect(readdirSync(path.join(root, 'sinks')).filter((name) => name !== 'p')).toEqual([])
      if (!reached) break
    }
  })
})

test('a record of an earlier version of this server, which knows one version, is read', async () => {
  const root = rootFolder()
  await prepared(root, 1)
  const home = path.join(root, 'sinks', 'p')
  const folder = readdirSync(home).find((name) => name.startsWith('1.')) ?? ''
  writeFileSync(path.join(home, 'current.json'), JSON.stringify({ folder, description: plugin(1).description }))
  expect(await versionFound(root)).toBe(1)
})

test('what people keep in the folder of a kind is not touched', async () => {
  const root = rootFolder()
  const own = path.join(root, 'sinks', 'mine')
  mkdirSync(own, { recursive: true })
  writeFileSync(path.join(own, 'notes.txt'), 'x')
  expect(await versionFound(root)).toBeUndefined()
  expect(readdirSync(own)).toEqual(['notes.txt'])
})
