import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBlocks } from '../support/readme.ts'
import { ROOT, runProgram, ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const FILE = path.join(ROOT, 'plugin-sdk/assemblyscript/README.md')
const BLOCKS = readBlocks(readFileSync(FILE, 'utf8'))
/** Stands for the folder of the repository in which the README makes its plugin. */
const folder = temporaryFolder()
const plugin = path.join(folder, 'my-sink')
let server: ServerProcess

beforeAll(async () => {
  server = await ServerProcess.start({ demo: true, broker: true })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

/** Runs the commands of a block as they stand, but for the folder of the plugin and the port of the server. */
async function follow(block: string): Promise<string> {
  const script = block
    .replaceAll('plugins/my-sink', plugin)
    .replaceAll('npx plutino', `'${process.execPath}' '${path.join(ROOT, 'src/plutino.js')}'`)
    .replaceAll('127.0.0.1:9081', `127.0.0.1:${server.port}`)
  const { code, out, err } = await runProgram('bash', ['-euc', script]).ended
  expect({ script, code, err: code === 0 ? '' : err }).toEqual({ script, code: 0, err: '' })
  return out
}

const commands = BLOCKS.filter((block) => block.language === 'sh').map((block) => block.text)

test('a newcomer gets from an empty folder to lines in the log of a rule', async () => {
  const [make = '', build = '', install = '', use = ''] = commands
  expect(commands).toHaveLength(4)
  await follow(make)
  expect(await follow(build)).toContain('my-sink 1.0.0 (AssemblyScript): 1 of 1 cases pass')
  expect(await follow(install)).toContain('sinks plugin my-sink is created')
  expect(await follow(use)).toContain('Rule try was created successfully.')
  await until('a line of the sink', () => server.lines.some((line) => /hello \S+=/.test(line)))
}, 120_000)

test('the test of the README passes on the plugin of the README', async () => {
  const [block] = BLOCKS.filter(({ language }) => language === 'ts')
  const text = (block?.text ?? '')
    .replaceAll('../../../plugin-sdk', path.join(ROOT, 'plugin-sdk'))
    .replaceAll("'plugins/my-sink'", `'${plugin}'`)
  mkdirSync(path.join(plugin, 'test'), { recursive: true })
  writeFileSync(path.join(plugin, 'test/my-sink.test.ts'), text)
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(plugin, 'node_modules'))
  const { code, out, err } = await runProgram(path.join(ROOT, 'node_modules/.bin/vitest'), [
    'run',
    '--root',
    plugin,
    '--testTimeout',
    '60000',
  ]).ended
  expect({ code, out: code === 0 ? '' : out + err }).toEqual({ code: 0, out: '' })
}, 120_000)
