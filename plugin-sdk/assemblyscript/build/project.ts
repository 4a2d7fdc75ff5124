import { access, readFile, stat } from 'node:fs/promises'
import path from 'node:path'

/** What a file of the plugin's folder `assembly` brings. */
export type Kind = 'source' | 'sink' | 'function' | 'aggregate' | 'checkpoint'
const KINDS: readonly Kind[] = ['source', 'sink', 'function', 'aggregate', 'checkpoint']

/** What a new plugin can be. */
export const TEMPLATES = ['source', 'sink', 'function', 'aggregate'] as const
export type Template = (typeof TEMPLATES)[number]

/** What the build found in the folder of a plugin. */
export interface Project {
  readonly folder: string
  readonly name: string
  readonly version: string
  /** One for each of assembly/source.ts, sink.ts, function.ts, aggregate.ts and checkpoint.ts that exists. */
  readonly kinds: readonly Kind[]
}

/** Something that the author of the plugin has to put right; the message is for them and needs no stack. */
export class BuildError extends Error {
  override readonly name = 'BuildError'
}

/** What the build found in the folder of an AssemblyScript plugin. Throws BuildError. */
export async function readProject(folder: string): Promise<Project> {
  const identity = await readIdentity(folder)
  return { ...identity, kinds: await kindsIn(identity.folder) }
}

/** Reads name and version from `<folder>.json` (the manifest), else from `given` or package.json. Throws BuildError. */
export async function readIdentity(
  folder: string,
  given: { readonly name?: string; readonly version?: string } = {},
): Promise<Omit<Project, 'kinds'>> {
  const root = path.resolve(folder)
  if (!(await isFolder(root))) throw new BuildError(`${folder} is not a folder`)
  const said = await saidIdentity(root, given)
  const { name, version } = said
  if (!/^[A-Za-z][\w-]*$/.test(name))
    throw new BuildError(`"${name}" cannot be the name of a plugin: letters, digits, _ and -, a letter first`)
  if (version === undefined) throw new BuildError(`no version: put "version": "1.0.0" into ${name}.json or package.json`)
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw new BuildError(`the version "${version}" is not of the form 1.0.0`)
  return { folder: root, name, version }
}

async function saidIdentity(
  root: string,
  given: { readonly name?: string; readonly version?: string },
): Promise<{ readonly name: string; readonly version: string | undefined }> {
  const own = path.basename(root)
  const manifest = await readJson(path.join(root, `${own}.json`))
  const pkg = await readJson(path.join(root, 'package.json'))
  return {
    name: text(manifest?.['name']) ?? given.name ?? text(pkg?.['name'])?.replace(/^@[^/]*\//, '') ?? own,
    version: text(manifest?.['version']) ?? given.version ?? text(pkg?.['version']),
  }
}

async function kindsIn(root: string): Promise<Kind[]> {
  const kinds: Kind[] = []
  for (const kind of KINDS) if (await exists(path.join(root, 'assembly', `${kind}.ts`))) kinds.push(kind)
  if (!kinds.some((kind) => kind !== 'checkpoint'))
    throw new BuildError(`${path.basename(root)} has none of assembly/sink.ts, source.ts, function.ts and aggregate.ts`)
  return kinds
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

async function readJson(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!(await exists(file))) return undefined
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.fromEntries(Object.entries(value))
  } catch (error) {
    throw new BuildError(`${path.basename(file)} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  throw new BuildError(`${path.basename(file)} is not a JSON object`)
}

export const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

const isFolder = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  )
