import type { Json } from '../../src/config/field.ts'
import type { ConnectionObserver, SourceBatch, Source } from '../../src/api/source.ts'
import type { Sink } from '../../src/api/sink.ts'
import { mqttSink } from '../../src/connectors/mqtt/sink.ts'
import { SinkLanes } from '../../src/connectors/mqtt/sink-lanes.ts'
import { mqttSource } from '../../src/connectors/mqtt/source.ts'

interface Properties {
  readonly [name: string]: Json
}

/** An mqtt source on this port of this machine; naps are off, as they wait for the clock. */
export function sourceOn(port: number, properties: Properties = {}, observe?: ConnectionObserver): Source {
  return mqttSource.create({ server: `tcp://127.0.0.1:${port}`, datasource: 'in/#', nap: 0, ...properties }, observe)
}

export function sinkOn(port: number, properties: Properties = {}, observe?: ConnectionObserver): Sink {
  return mqttSink(new SinkLanes()).create({ server: `tcp://127.0.0.1:${port}`, topic: 'out', ...properties }, observe)
}

export function textOf(batch: SourceBatch, index: number): string {
  const { payloads } = batch
  return payloads === undefined ? '' : payloads.bytes.toString('utf8', payloads.starts[index], payloads.ends[index])
}

/** Texts of a batch, which is then released. */
export function textsOf(batch: SourceBatch | undefined): string[] {
  if (batch === undefined) return []
  const texts = Array.from({ length: batch.length - batch.from }, (_, i) => textOf(batch, batch.from + i))
  batch.release?.()
  return texts
}
