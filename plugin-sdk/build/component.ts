import { readFile } from 'node:fs/promises'
import { componentEmbed, componentNew } from '@bytecodealliance/jco'
import { BuildError } from '../assemblyscript/build/project.ts'

const WIT = new URL('../../wit/plugin.wit', import.meta.url)
/** The world that a plugin includes for each interface that it exports. */
const WORLDS: ReadonlyMap<string, string> = new Map([
  ['source', 'source-plugin'],
  ['sink', 'sink-plugin'],
  ['scalar', 'function-plugin'],
  ['aggregate', 'aggregate-plugin'],
  ['checkpoint', 'checkpoint-plugin'],
])

/**
 * Wraps a core module of any compiler into a component. Its worlds are those of the interfaces that it exports, unless the compiler
 * has written them into the module. Imports that it does not use are left out: what remains is what it can do.
 */
export async function toComponent(core: Uint8Array, language: string): Promise<Uint8Array> {
  if (Buffer.from(core).includes('component-type')) return componentNew(core, [])
  const names = WebAssembly.Module.exports(new WebAssembly.Module(Uint8Array.from(core))).map(({ name }) => name)
  const interfaces = new Set(names.flatMap((name) => /^plutino:plugin\/([a-z-]+)@[\d.]+#/.exec(name)?.[1] ?? []))
  const worlds = [...interfaces].flatMap((name) => WORLDS.get(name) ?? [])
  if (worlds.length === 0) throw new BuildError('the plugin exports no source, sink or function: register one in its main package')
  const embedded = await componentEmbed({
    binary: core,
    witSource: `${await readFile(WIT, 'utf8')}\nworld built { ${worlds.map((world) => `include ${world};`).join(' ')} }\n`,
    world: 'built',
    stringEncoding: 'utf8',
    metadata: [['language', [[language, '']]]],
  })
  return componentNew(embedded, [])
}
