import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { exists } from '../../assemblyscript/build/project.ts'

const SDK = path.join(import.meta.dirname, '..')
const WIT = path.join(SDK, '../../wit/plugin.wit')

/** One line `<sha256>  <path>` for every file that a Rust plugin is made from: its own, the SDK's and the WIT. */
export async function crateSums(folder: string): Promise<string> {
  const own = (await readdir(folder)).filter((name) => /^Cargo\.(?:toml|lock)$|\.(?:json|yaml)$/.test(name))
  const files: (readonly [string, string])[] = own.map((name) => [name, path.join(folder, name)])
  for (const part of ['src', 'etc']) files.push(...(await filesIn(folder, part)))
  for (const [name, file] of await filesIn(SDK, 'src')) files.push([`plutino/${name}`, file])
  files.push(['plutino/Cargo.toml', path.join(SDK, 'Cargo.toml')], ['plutino/plugin.wit', WIT])
  const lines = files.map(
    async ([name, file]) =>
      `${createHash('sha256')
        .update(await readFile(file))
        .digest('hex')}  ${name}\n`,
  )
  return (await Promise.all(lines)).toSorted((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join('')
}

async function filesIn(folder: string, part: string): Promise<readonly (readonly [string, string])[]> {
  const root = path.join(folder, part)
  if (!(await exists(root))) return []
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry): readonly [string, string] => {
      const file = path.join(entry.parentPath, entry.name)
      return [path.relative(folder, file).replaceAll(path.sep, '/'), file]
    })
}
