import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { buildPlugin, type BuiltPlugin } from './build.ts'
import type { CompileOptions } from './compile.ts'
import { exists } from './project.ts'
import { zip } from './zip.ts'

export interface PackedPlugin extends BuiltPlugin {
  /** What the zip holds, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly zip: Uint8Array
}

/** Builds a plugin and packs what is installed: `<name>@v<version>.wasm`, the manifest `<name>.json`, `<name>.yaml`, `etc/`; the last three if they exist. */
export async function packPlugin(folder: string, options: CompileOptions = {}): Promise<PackedPlugin> {
  const built = await buildPlugin(folder, options)
  const files = await packageFiles(built)
  return { ...built, files, zip: zip(files) }
}

/** What the zip of a built plugin holds, by name. */
export async function packageFiles(
  built: Pick<BuiltPlugin, 'folder' | 'name' | 'version' | 'component'>,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>([[`${built.name}@v${built.version}.wasm`, built.component]])
  for (const extension of ['json', 'yaml']) {
    // a folder may spell the name in another way: count-plus-one/count-plus-one.json says "name": "countPlusOne"
    for (const spelt of new Set([built.name, path.basename(built.folder)])) {
      const file = path.join(built.folder, `${spelt}.${extension}`)
      if (await exists(file)) files.set(`${built.name}.${extension}`, await readFile(file))
    }
  }
  const etc = path.join(built.folder, 'etc')
  if (await exists(etc)) {
    for (const entry of await readdir(etc, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name)
      if (entry.isFile()) files.set(path.relative(built.folder, file).replaceAll(path.sep, '/'), await readFile(file))
    }
  }
  return files
}
