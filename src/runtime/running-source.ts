import { PlutinoError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { StateStore } from '../api/context.ts'
import type { SourceDefinition } from '../api/definition.ts'
import type { Registry } from '../api/registry.ts'
import type { Offset } from '../api/source.ts'
import type { Compiler } from '../expression/compile.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import { nodeContext } from './context.ts'
import type { ErrorPath } from './error-path.ts'
import { ConnectionMetrics, NodeMetrics } from './metrics.ts'
import { type ReadLayout, type RowReader, rowReader } from './row-reader.ts'
import { codecOf, type SharedCodecs } from './shared-codecs.ts'
import { type RowConsumer, SourceDriver } from './source-driver.ts'
import type { StreamSpec } from './spec.ts'
import { timestampReader } from './timestamp.ts'

/** What the engine gives to everything that runs. */
export interface EngineParts {
  readonly registry: Registry
  readonly clock: Clock
  readonly log: Logger
  /** Name of the configured time zone. */
  readonly timeZone: string
  /** Keeps the state of rules with qos > 0; without one they begin anew at each start. */
  readonly checkpoints?: CheckpointStore
  /** Compiles the expressions of all rules, so that equal statements share their code. */
  readonly compiler: Compiler
  /** Encoders of all rules, for the same reason. */
  readonly codecs: SharedCodecs
}

export interface RunningSourceParts {
  readonly engine: EngineParts
  readonly stream: StreamSpec
  /** Id of the rule, or of the shared stream. */
  readonly owner: string
  /** Name of its node, and of its decoder's; `source_<stream>` and `op_2_decoder` when absent. */
  readonly name?: string
  readonly decoder?: string
  /** Where reading goes on after a restart. */
  readonly from?: Offset
  readonly reader: () => RowReader
  readonly consumer: RowConsumer
  readonly errors: ErrorPath
  /** State of its node; absent: it lives as long as the source. */
  readonly state?: StateStore
}

/** A source at work, from its definition to its metrics. */
export class RunningSource {
  /** In the order of the status: the source, and its decoder when messages need decoding. */
  readonly nodes: readonly NodeMetrics[]
  /** Its state is part of the rule's. */
  readonly keepsState: boolean
  readonly #driver: SourceDriver
  readonly #abort = new AbortController()
  #done: Promise<void> = Promise.resolve()

  constructor(parts: RunningSourceParts) {
    const { engine, stream, owner } = parts
    const connection = new ConnectionMetrics()
    const node = parts.name ?? `source_${stream.name}`
    const metrics = new NodeMetrics(`${node}_0`, connection)
    const decoder = new NodeMetrics(`${parts.decoder ?? 'op_2_decoder'}_0`)
    const definition = sourceDefinition(engine.registry, stream)
    this.keepsState = definition.keepsState === true
    this.nodes = definition.payload === 'bytes' ? [metrics, decoder] : [metrics]
    const source = definition.create(stream.config, (state, message) => {
      if (state === 'disconnected' && message !== undefined) metrics.fail(message, engine.clock.now())
      connection.change(state, engine.clock.now(), message)
    })
    this.#driver = new SourceDriver({
      source,
      ...(parts.from === undefined ? {} : { from: parts.from }),
      reader: parts.reader,
      consumer: parts.consumer,
      ctx: nodeContext(engine, {
        rule: owner,
        node,
        signal: this.#abort.signal,
        ...(parts.state === undefined ? {} : { state: parts.state }),
      }),
      errors: parts.errors,
      sourceMetrics: metrics,
      decoderMetrics: decoder,
    })
  }

  /** Batches whose rows are not safe in every sink yet. */
  get unconfirmed(): number {
    return this.#driver.unconfirmed
  }

  /** Batches that it has passed on. */
  get batches(): number {
    return this.#driver.batches
  }

  /** The position behind the last of them. */
  get offset(): Offset | undefined {
    return this.#driver.offset
  }

  /** Resolves when the rows of all batches until now are safe in every sink. */
  settled(): Promise<void> {
    return this.#driver.settled()
  }

  /** Resolves when the source has ended or was stopped; rejects when it cannot go on. */
  run(): Promise<void> {
    this.#done = this.#driver.run()
    return this.#done
  }

  /** No batch comes after this has resolved until what it gives is called; the state of the node is as of the last one. */
  hold(): Promise<() => void> {
    return this.#driver.hold()
  }

  /** No batch comes after this has resolved; acknowledgements still go out until `close`. */
  async stop(): Promise<void> {
    this.#abort.abort(new PlutinoError('unavailable', 'the rule was stopped'))
    await this.#done.catch(() => {})
  }

  async close(): Promise<void> {
    await this.#driver.close()
  }
}

/** Throws `stream_invalid` when nothing of that type is installed. */
function sourceDefinition(registry: Registry, stream: StreamSpec): SourceDefinition {
  const definition = registry.find('source', stream.type)
  if (definition === undefined) {
    throw new PlutinoError('stream_invalid', `stream ${stream.name}: there is no source of type "${stream.type}"`, {
      hint: `install a source plugin of this name, or use one of ${registry
        .list('source')
        .map((d) => d.name)
        .join(', ')}`,
    })
  }
  return definition
}

/** How rows of a stream are read, for any layout. */
export function readerFor(engine: Pick<EngineParts, 'registry' | 'timeZone'>, stream: StreamSpec): (layout: ReadLayout) => RowReader {
  const { registry, timeZone } = engine
  const definition = sourceDefinition(registry, stream)
  const codec = definition.payload === 'bytes' ? { codec: codecOf(registry, stream.format, stream.codecConfig) } : {}
  const declared = stream.columns === undefined ? {} : { declared: stream.columns.map((column) => column.name) }
  const timestamps = timestampReader(stream.timestampFormat, timeZone)
  return (layout) => rowReader(layout, { ...codec, ...declared, strict: stream.strict, timestamps })
}
