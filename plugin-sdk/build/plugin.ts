import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buildPlugin } from '../assemblyscript/build/build.ts'
import { packageFiles } from '../assemblyscript/build/pack.ts'
import { BuildError, exists, readIdentity } from '../assemblyscript/build/project.ts'
import { zip } from '../assemblyscript/build/zip.ts'
import { compileRust, findCargo, readCrate } from '../rust/build/compile.ts'
import { compileGo, findCompiler } from '../tinygo/build/compile.ts'
import { toComponent } from './component.ts'

export type Language = 'AssemblyScript' | 'Rust' | 'Go'

/** A plugin that was built and packed, whatever its language. */
export interface PackedPlugin {
  readonly folder: string
  readonly name: string
  readonly version: string
  readonly language: Language
  /** Name of the compiler, where there is a choice. */
  readonly compiler?: string
  readonly component: Uint8Array
  /** What the zip holds, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly zip: Uint8Array
}

/** The language of the plugin in a folder: by assembly/, Cargo.toml or go.mod. Throws BuildError. */
export async function languageOf(folder: string): Promise<Language> {
  if (await exists(path.join(folder, 'Cargo.toml'))) return 'Rust'
  if (await exists(path.join(folder, 'go.mod'))) return 'Go'
  if (await exists(path.join(folder, 'assembly'))) return 'AssemblyScript'
  throw new BuildError(`${folder} is no plugin: it has neither assembly/ (AssemblyScript) nor Cargo.toml (Rust) nor go.mod (Go)`)
}

/** Builds the plugin in a folder and packs it. Throws BuildError with a message for its author. */
export async function packAny(folder: string): Promise<PackedPlugin> {
  const built = await build(folder, await languageOf(folder))
  const files = await packageFiles(built)
  return { ...built, files, zip: zip(files) }
}

/** Writes the zip to `target/<name>.zip` in the plugin's folder; answers with its path. */
export async function writeZip({ folder, name, zip: content }: PackedPlugin): Promise<string> {
  const file = path.join(folder, 'target', `${name}.zip`)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, content)
  return file
}

async function build(folder: string, language: Language): Promise<Omit<PackedPlugin, 'files' | 'zip'>> {
  switch (language) {
    case 'AssemblyScript': {
      const { folder: root, name, version, component } = await buildPlugin(folder)
      return { folder: root, name, version, language, component }
    }
    case 'Rust': {
      const identity = await readIdentity(folder, await readCrate(folder))
      const core = await compileRust(identity.folder, await findCargo(), process.env['CARGO_TARGET_DIR'])
      return { ...identity, language, component: await toComponent(core, language) }
    }
    case 'Go': {
      const identity = await readIdentity(folder)
      const compiler = await findCompiler()
      const core = await compileGo(identity.folder, compiler)
      return { ...identity, language, compiler: compiler.name, component: await toComponent(core, language) }
    }
  }
}
