import { testContext } from '../../../support/context.ts'
import { acknowledgement, publish } from '../../../support/mqtt-packets.ts'
import { sinkOn, sourceOn, textOf } from '../../../support/mqtt-connectors.ts'
import { packetId, payloadText, ScriptedBroker } from '../../../support/scripted-broker.ts'
import { until } from '../../../support/until.ts'
import { sinkContract } from '../../../contract/sink.ts'
import { sourceContract } from '../../../contract/source.ts'

for (const qos of [0, 1, 2]) {
  sourceContract(`mqtt source, QoS ${qos}`, async () => {
    const broker = await ScriptedBroker.start()
    const acknowledgements = () => broker.peers.reduce((sum, peer) => sum + peer.of(4).length + peer.of(5).length, 0)
    return {
      source: sourceOn(broker.port, { qos }),
      ctx: testContext(),
      async feed(from, to) {
        await until('subscribed', () => broker.last.of(8).length === 1)
        broker.last.send(
          Buffer.concat(Array.from({ length: to - from }, (_, i) => publish('in/a', String(from + i), { qos, id: from + i + 1 }))),
        )
      },
      numberOf: (batch, index) => Number(textOf(batch, index)),
      async cut() {
        const connections = broker.peers.length
        broker.last.socket.destroy()
        await until('connected again', () => broker.peers.length === connections + 1)
      },
      ...(qos === 0 ? {} : { committed: acknowledgements }),
      cleanup: () => broker.close(),
    }
  })

  sinkContract(`mqtt sink, QoS ${qos}`, async () => {
    const numbers: number[] = []
    let stalled = false
    const broker = await ScriptedBroker.start({
      onPacket(received, peer) {
        const kind = (received[0] ?? 0) >> 4
        if (stalled) return
        if (kind === 3) {
          numbers.push(Number(/\d+/.exec(payloadText(received, { id: qos > 0 }))?.[0]))
          if (qos > 0) peer.send(acknowledgement(qos === 1 ? 0x40 : 0x50, packetId(received)))
        } else if (kind === 6) peer.send(acknowledgement(0x70, packetId(received)))
      },
    })
    return {
      sink: sinkOn(broker.port, { qos }),
      ctx: testContext(),
      received: () => numbers,
      stall() {
        stalled = true
        broker.last.socket.pause()
      },
      async cut() {
        broker.last.socket.destroy()
        // at QoS 0 what is written before the loss is noticed is lost
        if (qos === 0) await until('connected again', () => broker.peers.length === 2)
      },
      unreachable: () => sinkOn(1, { qos }),
      cleanup: () => broker.close(),
    }
  })
}
