import { PlutinoError } from '../base/errors.ts'
import type { SinkDefinition } from '../api/definition.ts'
import type { Registry } from '../api/registry.ts'
import type { StateStore } from '../api/context.ts'
import { compileTemplate } from '../expression/template/template.ts'
import { splitAction } from './action-properties.ts'
import { nodeContext } from './context.ts'
import type { ErrorPath } from './error-path.ts'
import { MessageFormer, type Template } from './message-former.ts'
import { ConnectionMetrics, NodeMetrics } from './metrics.ts'
import type { EngineParts } from './running-source.ts'
import { codecOf } from './shared-codecs.ts'
import { SinkDriver } from './sink-driver.ts'
import type { ActionSpec } from './spec.ts'

export interface RunningSinkParts {
  readonly engine: EngineParts
  readonly rule: string
  /** Place of the action in the rule, from 0. */
  readonly index: number
  readonly action: ActionSpec
  readonly sendError: boolean
  /** Rows that may wait for the sink, unless the action says it. */
  readonly bufferLength: number | undefined
  readonly errors: ErrorPath
  readonly state: StateStore
  /** Aborted when the rule ends: ends waits and writes at once. */
  readonly signal: AbortSignal
}

/** An action at work: its sink, the driver that feeds it, and their metrics. */
export interface RunningSink {
  readonly driver: SinkDriver
  /** Its state is part of the rule's. */
  readonly keepsState: boolean
  /** In the order of the status: transform, encode (when a format stands before the sink), sink. */
  readonly metrics: readonly NodeMetrics[]
  run(): Promise<void>
}

export function runSink(parts: RunningSinkParts): RunningSink {
  const { engine, action, rule, index, errors } = parts
  const name = `${action.type}_${index}`
  const connection = new ConnectionMetrics()
  const metrics = new NodeMetrics(`sink_${name}_0`, connection)
  const transform = new NodeMetrics(`op_${name}_0_transform_0`)
  const encode = new NodeMetrics(`op_${name}_1_encode_0`)
  const definition = sinkDefinition(engine.registry, action.type)
  const { common, own } = splitAction({
    ...(parts.bufferLength === undefined ? {} : { bufferLength: parts.bufferLength }),
    ...action.config,
  })
  let driver: SinkDriver | undefined
  const sink = definition.create(own, (state, message) => {
    if (state === 'disconnected' && message !== undefined) metrics.fail(message, engine.clock.now())
    connection.change(state, engine.clock.now(), message)
    if (state === 'connected') driver?.wake()
  })
  const former = new MessageFormer({
    common,
    codec: engine.codecs.of(common.format, codecConfig(common)),
    ...(common.dataTemplate === undefined ? {} : { dataTemplate: compileTemplate(common.dataTemplate) }),
    props: propertyTemplates(definition, own),
    sendError: parts.sendError,
    onError: (error, rows) => errors.report(transform, error, rows),
  })
  const ctx = nodeContext(engine, { rule, node: `sink_${name}`, signal: parts.signal, state: parts.state })
  driver = new SinkDriver({ sink, former, common, sendError: parts.sendError, ctx, errors, transform, encode, metrics })
  return {
    driver,
    keepsState: definition.keepsState === true,
    metrics: definition.payload === 'bytes' ? [transform, encode, metrics] : [transform, metrics],
    run: () => driver.run(),
  }
}

/** Throws `rule_invalid` when nothing of that type is installed. */
function sinkDefinition(registry: Registry, type: string): SinkDefinition {
  const definition = registry.find('sink', type)
  if (definition === undefined) {
    throw new PlutinoError('rule_invalid', `there is no sink of type "${type}"`, {
      hint: `install a sink plugin of this name, or use one of ${registry
        .list('sink')
        .map((d) => d.name)
        .join(', ')}`,
    })
  }
  return definition
}

/** Checks an action as it stands in a rule, without connecting. Throws with every problem. */
export function checkAction(registry: Registry, action: ActionSpec): void {
  const definition = sinkDefinition(registry, action.type)
  const { common, own } = splitAction(action.config)
  codecOf(registry, common.format, codecConfig(common))
  if (common.dataTemplate !== undefined) compileTemplate(common.dataTemplate)
  propertyTemplates(definition, own)
  // Made and thrown away: some connectors check more than single fields.
  definition.create(own)
}

function codecConfig(common: {
  readonly delimiter: string | undefined
  readonly hasHeader: boolean | undefined
}): Record<string, string | boolean> {
  return {
    ...(common.delimiter === undefined ? {} : { delimiter: common.delimiter }),
    ...(common.hasHeader === undefined ? {} : { hasHeader: common.hasHeader }),
  }
}

function propertyTemplates(definition: SinkDefinition, config: ActionSpec['config']): ReadonlyMap<string, Template> {
  const templates = new Map<string, Template>()
  for (const [name, field] of Object.entries(definition.fields)) {
    const value = Object.hasOwn(config, name) ? config[name] : undefined
    if (field.template === true && typeof value === 'string' && value.includes('{{')) templates.set(name, compileTemplate(value))
  }
  return templates
}
