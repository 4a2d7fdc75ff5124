import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { BuildError } from '../../assemblyscript/build/project.ts'

const run = promisify(execFile)
const TARGET = 'wasm32-unknown-unknown'

/** Name and version of a crate, as its Cargo.toml says. Throws BuildError. */
export async function readCrate(folder: string): Promise<{ readonly name: string; readonly version: string }> {
  const text = await readFile(path.join(folder, 'Cargo.toml'), 'utf8')
  const inPackage = /\[package\]([^[]*)/.exec(text)?.[1] ?? ''
  const value = (key: string): string | undefined => new RegExp(`^\\s*${key}\\s*=\\s*"([^"]*)"`, 'm').exec(inPackage)?.[1]
  const [name, version] = [value('name'), value('version')]
  if (name === undefined || version === undefined) throw new BuildError('Cargo.toml says no name or no version in [package]')
  return { name, version }
}

/** The command that compiles Rust. CARGO names another one. Throws BuildError when there is none. */
export async function findCargo(): Promise<string> {
  const command = process.env['CARGO'] ?? 'cargo'
  try {
    await run(command, ['--version'])
    return command
  } catch (error) {
    throw new BuildError(`Rust is not installed: get it from https://rustup.rs, then run rustup target add ${TARGET}`, { cause: error })
  }
}

/** Compiles the crate in a folder to a core module. Throws BuildError with what the compiler says. */
export async function compileRust(folder: string, cargo: string, target = path.join(folder, 'target')): Promise<Uint8Array> {
  const { name } = await readCrate(folder)
  const more = process.env['PLUTINO_CARGO_FLAGS']?.split(' ') ?? []
  // Messages of panics show no folder of this machine. The same for every plugin, so that the standard library is compiled once.
  const remap = [
    `${process.env['CARGO_HOME'] ?? path.join(homedir(), '.cargo')}=/cargo`,
    `${path.resolve(import.meta.dirname, '..')}=/plutino`,
  ]
  const flags = [process.env['RUSTFLAGS'] ?? '', ...remap.map((one) => `--remap-path-prefix=${one}`)].join(' ').trim()
  try {
    await run(cargo, ['build', '--release', '--locked', '--target', TARGET, '--target-dir', target, ...more], {
      cwd: folder,
      env: { ...process.env, RUSTFLAGS: flags },
      maxBuffer: 16e6,
    })
  } catch (error) {
    throw new BuildError(explain(error), { cause: error })
  }
  return readFile(path.join(target, TARGET, 'release', `${name.replaceAll('-', '_')}.wasm`))
}

function explain(error: unknown): string {
  const text = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : String(error)
  const missing = text.includes("can't find crate for `core`") || text.includes("can't find crate for `std`")
  return missing ? `Rust cannot compile for WebAssembly yet: run rustup target add ${TARGET}` : `Rust does not compile the plugin:\n${text}`
}
