import { expect, test } from 'vitest'
import { httpPushSource } from '../../../../src/connectors/httppush/source.ts'
import { LARGEST_MESSAGE } from '../../../../src/connectors/data-server/data-server.ts'
import { sourceContract } from '../../../contract/source.ts'
import { testContext } from '../../../support/context.ts'
import { dataServerWorld, post, testDataServer } from '../../../support/data-server.ts'

sourceContract('httppush source', async () => {
  const { server } = dataServerWorld()
  const port = await server.open()
  return {
    source: httpPushSource(server).create({ datasource: '/push' }),
    ctx: testContext(),
    async feed(from, to) {
      for (let n = from; n < to; n++) await post(port, '/push', `{"n":${n}}`)
    },
    numberOf({ payloads }, index) {
      return (JSON.parse(payloads?.bytes.toString('utf8', payloads.starts[index], payloads.ends[index]) ?? '') as { n: number }).n
    },
    cleanup: () => server.close(),
  }
})

test('a message is answered when it is taken, whatever it holds', async () => {
  const { server } = testDataServer()
  const port = await server.open()
  expect(await post(port, '/push', '{}')).toEqual({ status: 404, text: 'nothing is at this path\n' })
  const ctx = testContext()
  const source = httpPushSource(server).create({ datasource: '/push' })
  await source.connect(ctx)
  expect(await post(port, '/push', '{oops')).toEqual({ status: 200, text: 'ok' })
  expect(await post(port, '/push', '')).toEqual({ status: 200, text: 'ok' })
  const batch = await source.read(10, ctx)
  expect(batch?.payloads?.bytes.toString()).toBe('{oops')
  expect(batch?.length).toBe(2)
  await source.close()
  expect((await post(port, '/push', '{}')).status).toBe(404)
})

test('a body that is too large is refused', async () => {
  const { server } = testDataServer()
  const port = await server.open()
  const source = httpPushSource(server).create({ datasource: '/push' })
  await source.connect(testContext())
  const answer = await post(port, '/push', new Uint8Array(LARGEST_MESSAGE + 1)).catch(() => ({ status: 413 }))
  expect(answer.status).toBe(413)
  expect((await post(port, '/push', '1')).status).toBe(200)
})

test('a reader that does not read makes senders wait for their answer', async () => {
  const { server } = testDataServer()
  const port = await server.open()
  const ctx = testContext()
  const source = httpPushSource(server).create({ datasource: '/push' })
  await source.connect(ctx)
  expect((await post(port, '/push', new Uint8Array(LARGEST_MESSAGE - 1))).status).toBe(200)
  const answers: number[] = []
  const waiting = post(port, '/push', '12').then(({ status }) => answers.push(status))
  await expect.poll(async () => (await post(port, '/nothing', '')).status).toBe(404)
  expect(answers).toEqual([])
  await source.read(1, ctx)
  const rest = source.read(1, ctx)
  await waiting
  await rest
  expect(answers).toEqual([200])
})
