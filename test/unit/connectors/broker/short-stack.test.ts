import { Aedes, type AedesPublishPacket } from 'aedes'
import { expect, test } from 'vitest'
import { keepStackShort } from '../../../../src/connectors/broker/short-stack.ts'

const WAITING = 20_000

/** What of aedes the test works with directly: what clients publish takes this way. */
interface Emitter {
  on(topic: string, listener: (packet: AedesPublishPacket, done: () => void) => void): void
  emit(packet: object): void
}

test('many messages that nobody has subscribed to wait behind a slow subscriber, and those between them keep their order', async () => {
  const aedes = await Aedes.createBroker()
  keepStackShort(aedes)
  const { mq } = aedes as Aedes & { readonly mq: Emitter }
  const held: (() => void)[] = []
  const seen: string[] = []
  mq.on('slow', (_, done) => void held.push(done))
  mq.on('seen', ({ payload }, done) => {
    seen.push(payload.toString())
    done()
  })
  for (let i = 0; i < 100; i++) mq.emit({ topic: 'slow' })
  for (let i = 0; i < WAITING; i++) mq.emit({ topic: i % 100 === 0 ? 'seen' : 'nobody', payload: String(i) })
  expect(seen).toEqual([])
  for (const done of held) done()
  mq.emit({ topic: 'seen', payload: 'last' })
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen).toEqual([...Array.from({ length: WAITING / 100 }, (_, i) => String(i * 100)), 'last'])
  await new Promise<void>((resolve) => aedes.close(resolve))
})
