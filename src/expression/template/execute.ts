import { rowFailed } from '../../data/row-failed.ts'
import { isStruct, type Cell } from '../../data/value.ts'
import { compilePipeline, write, type Evaluate, type Fail, type Functions, type Run } from './compile.ts'
import type { Body } from './parse.ts'
import { goTypeName, isTrue, outputText, sortedNames } from './print.ts'
import type { Branch, Pipeline, TemplateNode } from './tree.ts'

/** What a node asks of the `range` around it. */
type Signal = 'next' | 'break' | 'continue'
type Execute = (dot: Cell, run: Run) => Signal

const MAX_DEPTH = 100

export interface Limits {
  /** The longest text, in characters. */
  readonly length: number
}

/** Bodies by name, filled while templates are compiled; they may call each other before they are known. */
export type CompiledBodies = Map<string, Execute>

/** Makes closures of nodes, once. */
export class Compiler {
  readonly #functions: Functions
  readonly #bodies: CompiledBodies
  readonly #names: ReadonlySet<string>
  readonly #fail: Fail
  readonly #limits: Limits

  constructor(functions: Functions, definitions: ReadonlyMap<string, Body>, limits: Limits, fail: Fail) {
    this.#functions = functions
    this.#limits = limits
    this.#fail = fail
    this.#names = new Set(definitions.keys())
    this.#bodies = new Map()
    for (const [name, definition] of definitions) this.#bodies.set(name, this.body(definition))
  }

  /** A body with variables of its own: `$` is the value it is called with. */
  body(body: Body): Execute {
    const execute = this.#list(body.nodes)
    return (dot, run) => {
      const outer = run.frame
      run.frame = Array.from({ length: body.slots }, () => undefined)
      run.frame[0] = dot
      execute(dot, run)
      run.frame = outer
      return 'next'
    }
  }

  #list(nodes: readonly TemplateNode[]): Execute {
    const executes = nodes.map((node) => this.#node(node))
    return (dot, run) => {
      for (const execute of executes) {
        const signal = execute(dot, run)
        if (signal !== 'next') return signal
      }
      return 'next'
    }
  }

  #node(node: TemplateNode): Execute {
    switch (node.kind) {
      case 'text':
        return this.#text(node.text)
      case 'output':
        return this.#output(node.pipeline)
      case 'if':
      case 'with':
        return this.#condition(node, node.kind === 'with')
      case 'range':
        return this.#range(node)
      case 'break':
      case 'continue': {
        const signal = node.kind
        return () => signal
      }
      case 'template':
        return this.#template(node)
    }
  }

  #text(text: string): Execute {
    const { length } = this.#limits
    return (_dot, run) => {
      write(run, text, length)
      return 'next'
    }
  }

  #pipeline(pipeline: Pipeline): Evaluate {
    return compilePipeline(pipeline, this.#functions, this.#fail)
  }

  #output(pipeline: Pipeline): Execute {
    const evaluate = this.#pipeline(pipeline)
    const silent = pipeline.targets.length > 0
    const { length } = this.#limits
    return (dot, run) => {
      const value = evaluate(dot, run)
      if (!silent) write(run, outputText(value), length)
      return 'next'
    }
  }

  #condition(branch: Branch, moves: boolean): Execute {
    const evaluate = this.#pipeline(branch.pipeline)
    const body = this.#list(branch.body)
    const otherwise = this.#list(branch.otherwise)
    return (dot, run) => {
      const value = evaluate(dot, run)
      return isTrue(value) ? body(moves ? value : dot, run) : otherwise(dot, run)
    }
  }

  #range(branch: Branch & { readonly at: number }): Execute {
    const { targets } = branch.pipeline
    const evaluate = this.#pipeline({ ...branch.pipeline, targets: [] })
    const body = this.#list(branch.body)
    const otherwise = this.#list(branch.otherwise)
    return (dot, run) => {
      const entries = entriesOf(evaluate(dot, run), targets.length, run, branch.at)
      let empty = true
      for (const [key, element] of entries) {
        empty = false
        if (--run.steps < 0) throw rowFailed('the template repeats too often')
        const [first, second] = targets
        if (first !== undefined) run.frame[first] = second === undefined ? element : key
        if (second !== undefined) run.frame[second] = element
        if (body(element, run) === 'break') break
      }
      return empty ? otherwise(dot, run) : 'next'
    }
  }

  #template(node: { readonly at: number; readonly name: string; readonly pipeline: Pipeline | undefined }): Execute {
    const { at, name } = node
    if (!this.#names.has(name)) return this.#fail(at, `template "${name}" is not defined`)
    const evaluate = node.pipeline === undefined ? (): Cell => undefined : this.#pipeline(node.pipeline)
    return (dot, run) => {
      const argument = evaluate(dot, run)
      run.at = at
      if (run.depth >= MAX_DEPTH || --run.steps < 0)
        throw rowFailed(`templates call each other deeper than ${MAX_DEPTH} levels, or too often`)
      run.depth++
      this.#bodies.get(name)?.(argument, run)
      run.depth--
      return 'next'
    }
  }
}

/** What `range` walks over: lists, maps in order of their keys, and the numbers below an int. */
function* entriesOf(value: Cell, targets: number, run: Run, at: number): Generator<readonly [Cell, Cell]> {
  if (value === null || value === undefined) return
  if (isStruct(value)) {
    for (const name of sortedNames(value)) yield [name, value[name]]
  } else if (Array.isArray(value)) {
    for (const [i, element] of value.entries()) yield [BigInt(i), element]
  } else if (value instanceof Uint8Array) {
    for (const [i, byte] of value.entries()) yield [BigInt(i), BigInt(byte)]
  } else if (typeof value === 'bigint') {
    run.at = at
    if (targets > 1) throw rowFailed('range over an int gives one variable only')
    for (let i = 0n; i < value; i++) yield [i, i]
  } else {
    run.at = at
    throw rowFailed(`range cannot iterate over a value of type ${goTypeName(value)}`)
  }
}
