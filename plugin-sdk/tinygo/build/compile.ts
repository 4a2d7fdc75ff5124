import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import binaryen from 'assemblyscript/binaryen'
import { BuildError } from '../../assemblyscript/build/project.ts'

const run = promisify(execFile)
const WASI = fileURLToPath(new URL('wasi.wat', import.meta.url))
/** Extensions of WebAssembly that Go's compiler uses. */
const FEATURES = [
  '--enable-bulk-memory',
  '--enable-nontrapping-float-to-int',
  '--enable-sign-ext',
  '--enable-mutable-globals',
  '--enable-multivalue',
]
const KEPT = /^(?:memory|_initialize|cabi_realloc)$|^cabi_post_|#/

export interface GoCompiler {
  readonly name: 'go' | 'tinygo'
  readonly command: string
}

/** TinyGo where it is installed, Go's own compiler otherwise. Throws BuildError when there is neither. */
export async function findCompiler(): Promise<GoCompiler> {
  for (const name of ['tinygo', 'go'] as const) if (await answers(name)) return { name, command: name }
  throw new BuildError(
    'neither tinygo nor go is installed: get TinyGo from https://tinygo.org/getting-started/install or Go from https://go.dev/dl',
  )
}

/** Compiles the Go plugin in a folder to a core module that imports nothing but what the WIT names. Throws BuildError. */
export async function compileGo(folder: string, compiler: GoCompiler): Promise<Uint8Array> {
  const work = await mkdtemp(path.join(tmpdir(), 'plutino-go-'))
  try {
    const core = path.join(work, 'core.wasm')
    await compile(folder, core, compiler)
    return await merge(core, work)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function compile(folder: string, out: string, { name, command }: GoCompiler): Promise<void> {
  const args =
    name === 'go'
      ? ['build', '-trimpath', '-buildmode=c-shared', '-ldflags=-s -w', '-o', out, '.']
      : [
          'build',
          '-target=wasip1',
          '-buildmode=c-shared',
          '-gc=precise',
          '-scheduler=none',
          '-stack-size=64KB',
          '-no-debug',
          '-o',
          out,
          '.',
        ]
  try {
    await run(command, args, { cwd: folder, env: { ...process.env, GOOS: 'wasip1', GOARCH: 'wasm', GOFLAGS: '-mod=mod' }, maxBuffer: 16e6 })
  } catch (error) {
    throw new BuildError(`${name} does not compile the plugin:\n${outputOf(error)}`, { cause: error })
  }
}

/** The module with our answers to the runtime's WASI calls in it, and without exports that no world knows. */
async function merge(core: string, work: string): Promise<Uint8Array> {
  const stub = path.join(work, 'wasi.wasm')
  const merged = path.join(work, 'merged.wasm')
  await tool('wasm-as', ['--all-features', WASI, '-o', stub])
  await tool('wasm-merge', [...FEATURES, '--skip-export-conflicts', core, 'guest', stub, 'wasi_snapshot_preview1', '-o', merged])
  const module = binaryen.readBinary(await readFile(merged))
  try {
    const names = Array.from({ length: module.getNumExports() }, (_, i) => binaryen.getExportInfo(module.getExportByIndex(i)).name)
    for (const name of names) if (!KEPT.test(name)) module.removeExport(name)
    // A second import of the same function would get another name in the component.
    module.runPasses(['duplicate-import-elimination'])
    return module.emitBinary()
  } finally {
    module.dispose()
  }
}

async function tool(name: string, args: readonly string[]): Promise<void> {
  // The tools come with the compiler of AssemblyScript.
  const require = createRequire(import.meta.resolve('assemblyscript/asc'))
  const file = path.join(path.dirname(require.resolve('binaryen')), 'bin', name)
  await run(process.execPath, [file, ...args], { maxBuffer: 16e6 })
}

async function answers(command: string): Promise<boolean> {
  return run(command, ['version']).then(
    () => true,
    () => false,
  )
}

function outputOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : String(error)
}
