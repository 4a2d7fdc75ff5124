import { readdir } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { sourceSums, writePrebuilt } from '../assemblyscript/build/prebuilt.ts'
import { BuildError } from '../assemblyscript/build/project.ts'
import { crateSums } from '../rust/build/sums.ts'
import { type Language, languageOf, packAny, writeZip } from './plugin.ts'

/**
 * `npm run plugins [-- name…]`: builds the plugins of the folder plugins/ (a name may also be a path). `--language Rust` (AssemblyScript,
 * Go) builds those alone, and the guests of tests in that language; without names and languages those in AssemblyScript, which need no
 * compiler but npm's. Exit code 1 when one failed.
 */
const root = path.join(import.meta.dirname, '../../plugins')
/** Guests of tests that another compiler than npm's makes. */
const GUESTS = ['rust', 'tinygo'].map((sdk) => path.join(import.meta.dirname, '..', sdk, 'test/guests'))

async function build(name: string): Promise<boolean> {
  const started = performance.now()
  try {
    const packed = await packAny(/[/\\]/.test(name) ? name : path.join(root, name))
    const file = await writeZip(packed)
    const sums = packed.language === 'Rust' ? await crateSums(packed.folder) : await sourceSums(packed.folder)
    const prebuilt = await writePrebuilt(packed, sums)
    const size = (packed.zip.length / 1024).toFixed(1)
    const how = packed.compiler === undefined ? packed.language : `${packed.language}, ${packed.compiler}`
    print(
      `${packed.name} ${packed.version} (${how}): ${path.relative(process.cwd(), file)}, ${size} KiB, ${((performance.now() - started) / 1000).toFixed(1)} s${prebuilt ? '; prebuilt copy written' : ''}`,
    )
    return true
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    process.stderr.write(`${name}: not built\n${error.message.replaceAll(/^/gm, '  ')}\n`)
    return false
  }
}

const print = (line: string): boolean => process.stdout.write(`${line}\n`)

async function pluginsIn(languages: readonly Language[]): Promise<string[]> {
  const names: string[] = []
  for (const folder of [root, ...GUESTS]) {
    const entries = await readdir(folder, { withFileTypes: true })
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const found = path.join(folder, entry.name)
      if (entry.isDirectory() && languages.includes(await languageOf(found))) names.push(folder === root ? entry.name : found)
    }
  }
  return names
}

const LANGUAGES: readonly Language[] = ['AssemblyScript', 'Rust', 'Go']

const started = performance.now()
const args = process.argv.slice(2)
const asked = args.filter((arg, i) => !arg.startsWith('--') && args[i - 1] !== '--language')
const languages = LANGUAGES.filter((language) => args.some((arg, i) => args[i - 1] === '--language' && arg === language))
const names = asked.length > 0 ? asked : await pluginsIn(languages.length > 0 ? languages : ['AssemblyScript'])
let failed = 0
for (const name of names) if (!(await build(name))) failed += 1
print(`${names.length - failed} of ${names.length} plugins built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
process.exitCode = failed === 0 ? 0 : 1
