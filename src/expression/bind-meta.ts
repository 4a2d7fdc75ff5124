import type { Call, Expr } from '../sql/ast.ts'
import { boundOf } from './bind-window-call.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'

/** `meta(key)`, `meta(stream.key)`, `meta(key->member)`, `meta(*)`, `mqtt(topic)`, `event_time()`. */
export function bindMeta(binder: Binding, call: Call, name: string): BoundExpr {
  if (name === 'event_time') return eventTime(binder, call)
  const [arg] = call.args
  if (arg === undefined || call.args.length > 1)
    return binder.refuse(call, `function ${name} expects 1 argument, but found ${call.args.length}`)
  if (name === 'mqtt') return mqtt(binder, arg)
  return (
    metaOf(binder, arg) ?? binder.refuse(arg, 'meta expects the name of a metadata key', 'write meta(topic), meta(key->member) or meta(*)')
  )
}

function eventTime(binder: Binding, call: Call): BoundExpr {
  if (call.args.length > 0) return binder.refuse(call, `function event_time expects 0 arguments, but found ${call.args.length}`)
  return timeOf(binder, call.at)
}

/** The time of what is bound now: of a row, or the end of the window of a group. */
export function timeOf(binder: Binding, at: number): BoundExpr {
  if (binder.grouped && binder.windowed) return boundOf(binder, 'end', at)
  const slotOf = (place: number): BoundExpr => {
    return { kind: 'slot', slot: binder.slots.time(place), name: 'event_time()', type: 'json', at }
  }
  return binder.names.firstOf(binder.names.places, slotOf, at)
}

function mqtt(binder: Binding, arg: Expr): BoundExpr {
  const known = arg.kind === 'column' && (arg.name === 'topic' || arg.name === 'messageid')
  const bound = known ? metaOf(binder, arg) : undefined
  return bound ?? binder.refuse(arg, 'mqtt expects topic or messageid', 'use meta(key) for other metadata')
}

function metaOf(binder: Binding, arg: Expr): BoundExpr | undefined {
  if (arg.kind === 'star') {
    if (arg.except.length === 0 && arg.replace.length === 0) return key(binder, '*', arg.at)
    return binder.refuse(arg, 'EXCEPT and REPLACE are not supported in meta()', 'pick keys: meta(topic), meta(qos)')
  }
  if (arg.kind === 'column') {
    const place = arg.stream === undefined ? undefined : binder.names.streamOf(arg.stream, arg)
    if (arg.stream === undefined || place !== undefined) return key(binder, arg.name, arg.at, place)
    return binder.names.member(key(binder, arg.stream, arg.at), arg.name, arg.at)
  }
  if (arg.kind === 'member') {
    const object = metaOf(binder, arg.object)
    return object === undefined ? undefined : binder.names.member(object, arg.name, arg.at)
  }
  if (arg.kind !== 'index') return undefined
  const object = metaOf(binder, arg.object)
  return object === undefined ? undefined : binder.names.element(object, binder.bind(arg.index), arg.at)
}

function key(binder: Binding, name: string, at: number, place?: number): BoundExpr {
  const keyOf = (source: number): BoundExpr => {
    return { kind: 'slot', slot: binder.slots.meta(source, name), name: `meta(${name})`, type: 'json', at }
  }
  return binder.names.firstOf(place === undefined ? binder.names.places : [place], keyOf, at)
}
