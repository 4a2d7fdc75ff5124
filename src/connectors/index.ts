import type { Databases } from '../api/database.ts'
import type { Contribution } from '../api/definition.ts'
import type { DataServer } from './data-server/data-server.ts'
import { fileSource } from './file/source.ts'
import { httpPushSource } from './httppush/source.ts'
import { logSink } from './log/sink.ts'
import type { MemoryBus } from './memory/bus.ts'
import { memoryLookup } from './memory/lookup.ts'
import { memorySink } from './memory/sink.ts'
import { memorySource } from './memory/source.ts'
import { mqttSink } from './mqtt/sink.ts'
import { SinkLanes } from './mqtt/sink-lanes.ts'
import { mqttSource } from './mqtt/source.ts'
import { nopSink } from './nop/sink.ts'
import { simulatorSource } from './simulator/source.ts'
import { sqlLookup } from './sql/lookup.ts'
import { sseSink } from './sse/sink.ts'
import { webSocketSink } from './websocket/sink.ts'
import { webSocketSource } from './websocket/source.ts'

/** What connectors share with each other and with nobody else. */
export interface ConnectorParts {
  /** Through which the rules of the server feed each other. */
  readonly bus: MemoryBus
  /** The port for data. */
  readonly dataServer: DataServer
  /** Where lookup tables are. */
  readonly databases: Databases
  /** That files of users lie in: no other file can be read. */
  readonly filesFolder: string
}

/** Every source and sink that comes with the server. */
export function connectors({ bus, dataServer, databases, filesFolder }: ConnectorParts): readonly Contribution[] {
  return [
    mqttSource,
    mqttSink(new SinkLanes()),
    memorySource(bus),
    memorySink(bus),
    memoryLookup(bus),
    sqlLookup(databases),
    fileSource(filesFolder),
    simulatorSource,
    webSocketSource(dataServer),
    webSocketSink(dataServer),
    httpPushSource(dataServer),
    sseSink(dataServer),
    logSink,
    nopSink,
  ]
}
