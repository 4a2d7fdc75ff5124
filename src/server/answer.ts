import type { Json } from '../config/field.ts'

/** What a route answers. */
export interface Answer {
  readonly status: number
  readonly contentType: 'text/plain; charset=utf-8' | 'application/json' | 'application/json; charset=utf-8'
  readonly body: string
  /** Beside those of every answer. */
  readonly headers?: Readonly<Record<string, string>>
}

export function text(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body }
}

/** `indent`: spaces a level; compact unless given. */
export function json(status: number, value: Json | object, indent?: number): Answer {
  return jsonText(status, JSON.stringify(value, undefined, indent))
}

/** A body that is JSON text already. */
export function jsonText(status: number, body: string): Answer {
  return { status, contentType: 'application/json', body }
}
