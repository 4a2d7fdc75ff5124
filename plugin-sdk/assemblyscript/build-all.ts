import { readdir } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { writePackage } from './build/pack.ts'
import { BuildError, exists } from './build/project.ts'
import { writePrebuilt } from './build/prebuilt.ts'

/** `npm run plugins [-- name…]`: builds the AssemblyScript plugins of the folder plugins/ (a name may also be a path). Exit code 1 when one of them failed. */
const root = path.join(import.meta.dirname, '../../plugins')

async function build(name: string): Promise<boolean> {
  const started = performance.now()
  try {
    const { packed, file } = await writePackage(/[/\\]/.test(name) ? name : path.join(root, name))
    const prebuilt = await writePrebuilt(packed)
    const size = (packed.zip.length / 1024).toFixed(1)
    const what = `${packed.name} ${packed.version} (${packed.kinds.join(', ')})`
    print(
      `${what}: ${path.relative(process.cwd(), file)}, ${size} KiB, ${((performance.now() - started) / 1000).toFixed(1)} s${prebuilt ? '; prebuilt copy written' : ''}`,
    )
    return true
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    process.stderr.write(`${name}: not built\n${error.message.replaceAll(/^/gm, '  ')}\n`)
    return false
  }
}

const print = (line: string): boolean => process.stdout.write(`${line}\n`)

async function namesOfPlugins(): Promise<string[]> {
  const names: string[] = []
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (entry.isDirectory() && (await exists(path.join(root, entry.name, 'assembly')))) names.push(entry.name)
  }
  return names.toSorted()
}

const started = performance.now()
const asked = process.argv.slice(2)
const names = asked.length > 0 ? asked : await namesOfPlugins()
let failed = 0
for (const name of names) if (!(await build(name))) failed += 1
print(`${names.length - failed} of ${names.length} plugins built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
process.exitCode = failed === 0 ? 0 : 1
