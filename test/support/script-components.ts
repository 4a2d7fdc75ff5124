import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ROOT, runProgram } from './server-process.ts'
import { service } from './services.ts'

/** Components whose language brings its runtime with it. */
export type ScriptLanguage = 'JavaScript (QuickJS)' | 'JavaScript (SpiderMonkey)' | 'Python'

/** componentize-py: where it is not, Python is not tested. */
const python = service('PLUTINO_TEST_COMPONENTIZE_PY')

export const SCRIPT_LANGUAGES: readonly ScriptLanguage[] = [
  'JavaScript (QuickJS)',
  'JavaScript (SpiderMonkey)',
  ...(python === undefined ? [] : (['Python'] as const)),
]

const WORLDS = `
world pure-functions { export scalar; }
world every-kind { include sink-plugin; include function-plugin; include checkpoint-plugin; }
`

/**
 * Builds a component as its authors do: against the WIT of 1.0.0. `world`: of that WIT, `every-kind`, or `pure-functions`, whose
 * components import nothing: these builders keep every import of a world.
 */
export async function scriptComponent(language: ScriptLanguage, source: string, world = 'every-kind'): Promise<Uint8Array> {
  const folder = mkdtempSync(path.join(tmpdir(), 'plutino-script-'))
  try {
    const wit = path.join(folder, 'wit')
    mkdirSync(wit)
    cpSync(path.join(ROOT, 'wit/1.0.0/plugin.wit'), path.join(wit, 'plugin.wit'))
    writeFileSync(path.join(wit, 'plugin.wit'), WORLDS, { flag: 'a' })
    writeFileSync(path.join(folder, language === 'Python' ? 'app.py' : 'plugin.js'), source)
    const out = path.join(folder, 'plugin.wasm')
    const [program, ...args] = commandOf(language, { folder, wit, world, out })
    const ended = await runProgram(program, args).ended
    if (ended.code !== 0) throw new Error(`${program} ${args.join(' ')}\n${ended.out}${ended.err}`)
    return readFileSync(out)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Places {
  readonly folder: string
  readonly wit: string
  readonly world: string
  readonly out: string
}

function commandOf(language: ScriptLanguage, { folder, wit, world, out }: Places): readonly [string, ...string[]] {
  const source = path.join(folder, 'plugin.js')
  switch (language) {
    case 'JavaScript (QuickJS)': {
      const jco = [path.join(ROOT, 'node_modules/@bytecodealliance/jco/dist/jco.js'), 'componentize', source]
      const engine = ['--backend', 'qjs', '--backend-qjs-disable-async', '--backend-qjs-stub-wasi']
      return [process.execPath, ...jco, '--wit', wit, '-n', world, ...engine, '-o', out]
    }
    case 'JavaScript (SpiderMonkey)': {
      const script = path.join(ROOT, 'test/support/componentize.js')
      return [process.execPath, script, '@bytecodealliance/componentize-js', source, path.join(wit, 'plugin.wit'), world, out]
    }
    case 'Python':
      return [python ?? '', '-d', wit, '-w', world, 'componentize', '--stub-wasi', '-p', folder, 'app', '-o', out]
  }
}
