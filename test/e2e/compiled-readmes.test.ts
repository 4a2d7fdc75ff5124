import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBlocks } from '../support/readme.ts'
import { built } from '../support/plugin-zips.ts'
import { ROOT, runProgram, ServerProcess, temporaryFolder } from '../support/server-process.ts'

// READMEs of the SDKs whose compilers npm does not bring: followed where plugins are built from their sources.
describe.each([
  ['rust', 'my-rust'],
  ['tinygo', 'my-go'],
] as const)('plugin-sdk/%s/README.md', (sdk, name) => {
  const file = path.join(ROOT, 'plugin-sdk', sdk, 'README.md')
  const text = readFileSync(file, 'utf8')
  const blocks = readBlocks(text)

  test('points to what is there', () => {
    const places = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, place = '']) => place)
    expect(places.length).toBeGreaterThan(1)
    expect(places.filter((place) => !existsSync(path.join(path.dirname(file), place)))).toEqual([])
  })

  describe.skipIf(!built)('followed by a newcomer', () => {
    const folder = temporaryFolder()
    let server: ServerProcess
    beforeAll(async () => {
      server = await ServerProcess.start({ demo: true, broker: true })
    })
    afterAll(async () => {
      await server.stop()
      rmSync(folder, { recursive: true })
    })

    test('every command does what it says', async () => {
      let answer = ''
      for (const { language, marker, text: block } of blocks) {
        if (marker === 'answer contains') for (const line of block.split('\n')) expect(answer).toContain(line.trim())
        else if (language === 'sh') answer = await follow(block)
      }
      expect(answer).toContain('was created successfully')
    }, 600_000)

    async function follow(block: string): Promise<string> {
      const script = block
        .replaceAll('npx plutino', `'${process.execPath}' '${path.join(ROOT, 'src/plutino.js')}'`)
        .replaceAll(`plugins/${name}`, path.join(folder, name))
        .replaceAll('127.0.0.1:9081', `127.0.0.1:${server.port}`)
      const { code, out, err } = await runProgram('bash', ['-euc', script]).ended
      expect({ script, code, err: code === 0 ? '' : err }).toEqual({ script, code: 0, err: '' })
      return out
    }
  })
})
