import type { Contribution } from '../api/definition.ts'
import { logSink } from './log/sink.ts'
import type { MemoryBus } from './memory/bus.ts'
import { memorySink } from './memory/sink.ts'
import { memorySource } from './memory/source.ts'
import { mqttSink } from './mqtt/sink.ts'
import { mqttSource } from './mqtt/source.ts'
import { nopSink } from './nop/sink.ts'
import { simulatorSource } from './simulator/source.ts'

/** Every source and sink that comes with the server. `bus`: the server's, through which its rules feed each other. */
export function connectors(bus: MemoryBus): readonly Contribution[] {
  return [mqttSource, mqttSink, memorySource(bus), memorySink(bus), simulatorSource, logSink, nopSink]
}
