import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { main } from 'assemblyscript/asc'
import { Transform } from 'assemblyscript/transform'
import binaryen from 'assemblyscript/binaryen'
import { BuildError, type Kind, type Project } from './project.ts'

export interface CompileOptions {
  /** Names in the module and source positions in traps: for debugging; larger. */
  readonly debug?: boolean
}

const LIBRARY = new URL('../assembly/', import.meta.url)
/** A folder that does not exist: its files are made by the build. */
const VIRTUAL = '.plutino'
const ENTRY = `${VIRTUAL}/entry.ts`

interface Glue {
  readonly names: Readonly<Record<string, string>>
  readonly signatures: readonly string[]
}

/** Compiles the AssemblyScript of a plugin to a core module whose exports have the names of the component model. Throws BuildError. */
export async function compile(project: Project, options: CompileOptions = {}): Promise<Uint8Array> {
  const library = await readLibrary()
  const glue = readGlue(project.kinds, library)
  let core: Uint8Array | undefined
  let messages = ''
  const result = await main(
    [
      ENTRY,
      '--baseDir',
      project.folder,
      '--outFile',
      'plugin.wasm',
      '--runtime',
      'incremental',
      '-O3',
      '--exportStart',
      '_initialize',
      '--lib',
      'plutino-library',
      '--use',
      'abort=~lib/plutino/cabi/abort_',
      '--use',
      'seed=~lib/plutino/cabi/seed_',
      '--use',
      'trace=~lib/plutino/cabi/trace_',
      ...(options.debug === true ? ['--debug'] : []),
    ],
    {
      stderr: {
        write: (chunk) => {
          messages += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
        },
      },
      transforms: [exportNames(new Map(glue.flatMap((each) => Object.entries(each.names))))],
      readFile: (name, base) => library.get(name) ?? virtualFile(name, project.kinds, library) ?? sourceFile(name, base),
      listFiles: () => [...library.keys()].filter((name) => name.endsWith('.ts') && !name.includes('/exports-')),
      writeFile: (name, data) => {
        if (name.endsWith('.wasm') && typeof data !== 'string') core = data
      },
    },
  )
  if (result.error !== null || core === undefined) throw new BuildError(explain(stripVTControlCharacters(messages).trim(), glue))
  refuseImports(core)
  return core
}

/** The SDK's AssemblyScript, by the name under which plugins import it. */
async function readLibrary(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  for (const name of await readdir(LIBRARY, { recursive: true })) {
    if (/\.(?:ts|json|wit)$/.test(name))
      files.set(`plutino/${name.replaceAll(path.sep, '/')}`, await readFile(new URL(name, LIBRARY), 'utf8'))
  }
  return files
}

function readGlue(kinds: readonly Kind[], library: ReadonlyMap<string, string>): readonly Glue[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by our own generator, and a test compares it
  const all = JSON.parse(library.get('plutino/generated/exports.json') ?? '{}') as Record<Kind, Glue>
  return kinds.map((kind) => all[kind])
}

/** The entry: everything that the host calls. */
function virtualFile(name: string, kinds: readonly Kind[], library: ReadonlyMap<string, string>): string | undefined {
  if (name === ENTRY)
    return `export { cabi_realloc } from "plutino/cabi";\n${kinds.map((kind) => `export * from "./exports-${kind}";\n`).join('')}`
  if (!name.startsWith(`${VIRTUAL}/`)) return undefined
  return library.get(`plutino/generated/${name.slice(VIRTUAL.length + 1)}`)
}

function sourceFile(name: string, base: string): string | null {
  try {
    return readFileSync(path.resolve(base, name), 'utf8')
  } catch {
    return null
  }
}

/** AssemblyScript cannot spell `plutino:plugin/sink@1.0.0#open`. */
function exportNames(names: ReadonlyMap<string, string>): Transform {
  return new (class extends Transform {
    afterCompile(module: binaryen.Module): void {
      const found = Array.from({ length: module.getNumExports() }, (_, i) => binaryen.getExportInfo(module.getExportByIndex(i)))
      for (const { name, value } of found) {
        const component = names.get(name)
        if (component === undefined) continue
        module.removeExport(name)
        module.addFunctionExport(value, component)
      }
    }
  })()
}

function explain(text: string, glue: readonly Glue[]): string {
  if (!text.includes(`${VIRTUAL}/`)) return text
  return `${text}\n\nThe file of the plugin has to export these functions exactly:\n${glue.flatMap((each) => each.signatures.map((s) => `  export function ${s}`)).join('\n')}`
}

const INSTEAD: readonly (readonly [string, string])[] = [
  ['env.console.', 'Log.info("…") from "plutino"'],
  ['env.Date.', 'clock.now() from "plutino"'],
  ['env.crypto.', 'random.bytes(n) from "plutino"'],
  ['env.performance.', 'clock.monotonic() from "plutino"'],
]

/** Only the WIT's interfaces exist at run time. */
function refuseImports(core: Uint8Array): void {
  const foreign = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(core)))
    .filter((each) => !each.module.startsWith('plutino:plugin/'))
    .map((each) => `${each.module}.${each.name}`)
  if (foreign.length === 0) return
  const hints = INSTEAD.filter(([prefix]) => foreign.some((name) => name.startsWith(prefix))).map(
    ([prefix, use]) => `instead of ${prefix.slice(4)}* use ${use}`,
  )
  throw new BuildError([`not available to plugins: ${foreign.join(', ')}`, ...hints].join('; '))
}
