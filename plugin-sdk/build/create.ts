import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { BuildError, exists, type Template } from '../assemblyscript/build/project.ts'
import type { Language } from './plugin.ts'

/** As `--lang` names a language. */
export type LanguageKey = 'as' | 'rust' | 'tinygo'

export const LANGUAGES: Readonly<Record<LanguageKey, Language>> = { as: 'AssemblyScript', rust: 'Rust', tinygo: 'Go' }

const FOLDERS: Readonly<Record<LanguageKey, string>> = { as: 'assemblyscript', rust: 'rust', tinygo: 'tinygo' }
const SOURCES: Readonly<Record<LanguageKey, (kind: Template) => string>> = {
  as: (kind) => `assembly/${kind}.ts`,
  rust: () => 'src/lib.rs',
  tinygo: () => 'main.go',
}
/** What the templates of a language share, and where it goes. */
const SHARED: Readonly<Record<LanguageKey, readonly (readonly [string, string])[]>> = {
  as: [['tsconfig.json', 'assembly/tsconfig.json']],
  rust: [['Cargo.lock', 'Cargo.lock']],
  tinygo: [],
}

/** Makes the folder of a new plugin from the template of its kind; the folder's name is the plugin's. Answers with the file to edit. Throws BuildError. */
export async function createPlugin(kind: Template, folder: string, language: LanguageKey = 'as'): Promise<string> {
  const root = path.resolve(folder)
  const name = path.basename(root)
  if (!/^[A-Za-z][\w-]*$/.test(name))
    throw new BuildError(`"${name}" cannot be the name of a plugin: letters, digits, _ and -, a letter first`)
  if (await exists(root)) throw new BuildError(`${folder} exists already`)
  const sdk = path.join(import.meta.dirname, '..', FOLDERS[language])
  await mkdir(path.dirname(root), { recursive: true })
  await cp(path.join(sdk, 'template', kind), root, { recursive: true })
  for (const [from, to] of SHARED[language]) await cp(path.join(sdk, 'template', from), path.join(root, to))
  await rename(path.join(root, 'manifest.json'), path.join(root, `${name}.json`))
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await fill(path.join(entry.parentPath, entry.name), name, sdk)
  }
  if (language === 'rust') await settleLock(path.join(root, 'Cargo.lock'), name, kind)
  return path.join(folder, SOURCES[language](kind))
}

async function fill(file: string, name: string, sdk: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const near = path.relative(path.dirname(file), sdk).replaceAll(path.sep, '/')
  const filled = text.replaceAll('{{name}}', name).replaceAll('{{sdk}}', near)
  if (filled !== text) await writeFile(file, filled)
}

/** Cargo takes a lock file only as it would write it itself: packages in the order of their names. */
async function settleLock(file: string, name: string, kind: Template): Promise<void> {
  const [head = '', ...packages] = (await readFile(file, 'utf8')).trimEnd().split('\n\n[[package]]\n')
  const needsJson = kind === 'source' || kind === 'sink'
  const own = packages.map((one) => (one.startsWith(`name = "${name}"\n`) && !needsJson ? one.replace(' "serde_json",\n', '') : one))
  const sorted = own.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  await writeFile(file, `${[head, ...sorted].join('\n\n[[package]]\n')}\n`)
}

const nameOf = (text: string): string => /^name = "([^"]*)"/.exec(text)?.[1] ?? ''
