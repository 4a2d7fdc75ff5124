import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { BuildError, exists, type Template } from './project.ts'

const TEMPLATES = path.join(import.meta.dirname, '../template')

/** Makes the folder of a new plugin from the template of its kind; the folder's name is the plugin's. Throws BuildError. */
export async function createPlugin(kind: Template, folder: string): Promise<void> {
  const root = path.resolve(folder)
  const name = path.basename(root)
  if (!/^[A-Za-z][\w-]*$/.test(name))
    throw new BuildError(`"${name}" cannot be the name of a plugin: letters, digits, _ and -, a letter first`)
  if (await exists(root)) throw new BuildError(`${folder} exists already`)
  await mkdir(path.dirname(root), { recursive: true })
  await cp(path.join(TEMPLATES, kind), root, { recursive: true })
  await writeFile(path.join(root, `${name}.json`), await filled(path.join(root, 'manifest.json'), 'name', name))
  await rm(path.join(root, 'manifest.json'))
  const sdk = path.relative(path.join(root, 'assembly'), path.join(import.meta.dirname, '..')).replaceAll(path.sep, '/')
  await writeFile(path.join(root, 'assembly/tsconfig.json'), await filled(path.join(TEMPLATES, 'tsconfig.json'), 'sdk', sdk))
}

const filled = async (file: string, name: string, text: string): Promise<string> =>
  (await readFile(file, 'utf8')).replace(`{{${name}}}`, text)
