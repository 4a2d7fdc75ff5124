import { readFile } from 'node:fs/promises'
import { version } from 'assemblyscript/asc'
import { componentEmbed, componentNew } from '@bytecodealliance/jco'
import type { Kind } from './project.ts'

const WIT = new URL('../assembly/generated/plugin.wit', import.meta.url)

/** Wraps a core module into a component. Imports that the plugin does not use are left out: what remains is what it can do. */
export async function toComponent(core: Uint8Array, kinds: readonly Kind[]): Promise<Uint8Array> {
  const world = `world built { ${kinds.map((kind) => `include ${kind}-plugin;`).join(' ')} }`
  const embedded = await componentEmbed({
    binary: core,
    witSource: `${await readFile(WIT, 'utf8')}\n${world}\n`,
    world: 'built',
    stringEncoding: 'utf8',
    metadata: [['language', [['AssemblyScript', version]]]],
  })
  return componentNew(embedded, [])
}
