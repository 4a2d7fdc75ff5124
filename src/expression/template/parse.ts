import { Cursor } from './cursor.ts'
import { lexTemplate } from './lex.ts'
import { PipelineParser } from './parse-pipeline.ts'
import { Scope } from './scope.ts'
import type { Branch, Pipeline, TemplateNode } from './tree.ts'

const MAX_NESTING = 100

/** A body and how many variables it needs. */
export interface Body {
  readonly nodes: readonly TemplateNode[]
  readonly slots: number
}

export interface ParsedTemplate {
  readonly main: Body
  /** What `define` and `block` named. */
  readonly definitions: ReadonlyMap<string, Body>
}

/** Throws `config_invalid` with the place. `functions`: the names that may be called. */
export function parseTemplate(source: string, functions: ReadonlySet<string>): ParsedTemplate {
  const definitions = new Map<string, Body>()
  const cursor = new Cursor(source, lexTemplate(source))
  const main = new BodyParser(cursor, functions, definitions).parse(true)
  return { main, definitions }
}

/** How a list of nodes ended. */
type End = 'end' | 'else' | 'source'

class BodyParser {
  readonly #cursor: Cursor
  readonly #functions: ReadonlySet<string>
  readonly #definitions: Map<string, Body>
  readonly #scope = new Scope()
  readonly #pipelines: PipelineParser
  #nesting = 0

  constructor(cursor: Cursor, functions: ReadonlySet<string>, definitions: Map<string, Body>) {
    this.#cursor = cursor
    this.#functions = functions
    this.#definitions = definitions
    this.#pipelines = new PipelineParser(cursor, this.#scope, functions)
  }

  parse(top: boolean): Body {
    const at = this.#cursor.offset
    const { nodes, end } = this.#list(top)
    if (end === 'else') throw this.#cursor.invalid(at, 'unexpected {{else}}')
    return { nodes, slots: this.#scope.slots }
  }

  #list(top: boolean): { nodes: readonly TemplateNode[]; end: End } {
    const nodes: TemplateNode[] = []
    for (;;) {
      const token = this.#cursor.take()
      if (token === undefined) {
        if (top) return { nodes, end: 'source' }
        throw this.#cursor.unexpected(token, 'a block: expected {{end}}')
      }
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text })
        continue
      }
      if (this.#cursor.at('end') || this.#cursor.at('else')) {
        const word = this.#cursor.take()
        if (top) throw this.#cursor.unexpected(word, 'a template: no block is open')
        if (word?.text === 'else') return { nodes, end: 'else' }
        this.#cursor.expectClose('end')
        return { nodes, end: 'end' }
      }
      nodes.push(...this.#action())
    }
  }

  #action(): readonly TemplateNode[] {
    const at = this.#cursor.offset
    for (const kind of ['if', 'with', 'range'] as const) if (this.#cursor.accept(kind)) return [{ kind, at, ...this.#branch(kind) }]
    for (const kind of ['break', 'continue'] as const) {
      if (!this.#cursor.accept(kind)) continue
      if (this.#scope.loops === 0) throw this.#cursor.invalid(at, `{{${kind}}} outside {{range}}`)
      this.#cursor.expectClose(kind)
      return [{ kind }]
    }
    if (this.#cursor.accept('define')) return this.#define(at)
    if (this.#cursor.accept('block')) return this.#block(at)
    if (this.#cursor.accept('template')) {
      const name = this.#name('template')
      return [{ kind: 'template', at, name, pipeline: this.#argument('template') }]
    }
    return [{ kind: 'output', at, pipeline: this.#pipelines.parse('an action', 1) }]
  }

  #branch(kind: 'if' | 'with' | 'range'): Branch {
    if (++this.#nesting > MAX_NESTING) throw this.#cursor.invalid(this.#cursor.offset, `blocks are nested deeper than ${MAX_NESTING}`)
    this.#scope.enter()
    const pipeline = this.#pipelines.parse(kind, kind === 'range' ? 2 : 1)
    if (kind === 'range') this.#scope.loops++
    this.#scope.enter()
    const body = this.#list(false)
    this.#scope.leave()
    if (kind === 'range') this.#scope.loops--
    const otherwise = body.end === 'else' ? this.#otherwise(kind) : []
    this.#scope.leave()
    this.#nesting--
    return { pipeline, body: body.nodes, otherwise }
  }

  /** Behind `else`: another `if` or `with` shares the {{end}} of this one. */
  #otherwise(kind: 'if' | 'with' | 'range'): readonly TemplateNode[] {
    const at = this.#cursor.offset
    if (kind !== 'range' && this.#cursor.accept(kind)) return [{ kind, at, ...this.#branch(kind) }]
    this.#cursor.expectClose('else')
    this.#scope.enter()
    const { nodes, end } = this.#list(false)
    this.#scope.leave()
    if (end === 'else') throw this.#cursor.invalid(at, 'expected {{end}}, found a second {{else}}')
    return nodes
  }

  #define(at: number): readonly TemplateNode[] {
    if (this.#nesting > 0) throw this.#cursor.invalid(at, '{{define}} inside another block')
    const name = this.#name('define')
    this.#cursor.expectClose('define')
    this.#definitions.set(name, this.#nestedBody())
    return []
  }

  #block(at: number): readonly TemplateNode[] {
    const name = this.#name('block')
    const pipeline = this.#argument('block')
    this.#definitions.set(name, this.#nestedBody())
    return [{ kind: 'template', at, name, pipeline }]
  }

  #nestedBody(): Body {
    const parser = new BodyParser(this.#cursor, this.#functions, this.#definitions)
    parser.#nesting = this.#nesting + 1
    if (parser.#nesting > MAX_NESTING) throw this.#cursor.invalid(this.#cursor.offset, `blocks are nested deeper than ${MAX_NESTING}`)
    return parser.parse(false)
  }

  #argument(context: string): Pipeline | undefined {
    if (!this.#cursor.atClose()) return this.#pipelines.parse(context, 0)
    this.#cursor.expectClose(context)
    return undefined
  }

  #name(context: string): string {
    const token = this.#cursor.take()
    if (token?.kind === 'literal' && typeof token.value === 'string') return token.value
    throw this.#cursor.unexpected(token, `${context}: expected a name in quotes`)
  }
}
