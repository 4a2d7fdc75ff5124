import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { freePorts, plutino, ServerProcess, temporaryFolder } from '../support/server-process.ts'

test('a data folder belongs to one server at a time, until that one ends, in order or not', async () => {
  const folder = temporaryFolder()
  const first = await ServerProcess.start({ folder })
  const [port = 0] = await freePorts(1)
  const second = await plutino(['server', '--no-demo', '--broker', 'off', '--port', String(port), '--data', folder])
  expect(second.code).toBe(1)
  expect(second.err).toContain(`error: the data folder ${folder} is used by another server`)
  expect(second.err).toContain('hint: stop that one, or name another folder with --data <folder>')
  expect(await first.expect('GET', '/rules')).toBe('[]')

  await first.kill()
  const third = await ServerProcess.start({ folder })
  expect((await third.stop()).code).toBe(0)
  const fourth = await ServerProcess.start({ folder })
  expect((await fourth.stop()).code).toBe(0)
  rmSync(folder, { recursive: true, force: true })
})
