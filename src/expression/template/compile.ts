import { rowFailed } from '../../data/row-failed.ts'
import { isStruct, type Cell, type Value } from '../../data/value.ts'
import { checkLength, type FunctionContext, type TemplateFunction } from './function-set.ts'
import { goTypeName, isTrue } from './print.ts'
import type { Command, Operand, Pipeline } from './tree.ts'

/** One rendering. */
export interface Run extends FunctionContext {
  text: string
  /** Variables of the current body; slot 0 is `$`. */
  frame: Cell[]
  /** Offset of what is being evaluated, for errors. */
  at: number
  /** How many more steps of `range` and calls of templates there may be. */
  steps: number
  depth: number
}

const MAX_ITEMS = 1_000_000

export type Evaluate = (dot: Cell, run: Run) => Cell

export type Functions = ReadonlyMap<string, TemplateFunction>

/** Raises a mistake that is found before anything runs. */
export type Fail = (at: number, message: string) => never

export function compilePipeline(pipeline: Pipeline, functions: Functions, fail: Fail): Evaluate {
  const evaluate = pipeline.commands.reduce<Evaluate | undefined>(
    (before, command) => compileCommand(command, before, functions, fail),
    undefined,
  )
  if (evaluate === undefined) return fail(pipeline.at, 'missing value')
  const [slot] = pipeline.targets
  if (slot === undefined || pipeline.targets.length > 1) return evaluate
  return (dot, run) => {
    const value = evaluate(dot, run)
    run.frame[slot] = value
    return value
  }
}

function compileCommand(command: Command, piped: Evaluate | undefined, functions: Functions, fail: Fail): Evaluate {
  const [first, ...others] = command.operands
  if (first === undefined) return fail(command.at, 'missing value')
  if (first.kind === 'nil') return fail(first.at, 'nil is not a command')
  if (first.kind !== 'function') return compileOperand(first, functions, fail)
  const args = others.map((operand) => compileOperand(operand, functions, fail))
  if (piped !== undefined) args.push(piped)
  return compileCall(first, args, functions, fail)
}

function compileCall(
  called: { readonly at: number; readonly name: string },
  args: readonly Evaluate[],
  functions: Functions,
  fail: Fail,
): Evaluate {
  const { at, name } = called
  if (name === 'and' || name === 'or') {
    if (args.length === 0) return fail(at, `wrong number of args for ${name}: want at least 1 got 0`)
    return compileLogic(name === 'and', args)
  }
  const found = functions.get(name)
  if (found === undefined) return fail(at, `function "${name}" is not defined`)
  if (args.length < found.min || args.length > found.max) {
    const want = found.min === found.max ? String(found.min) : args.length < found.min ? `at least ${found.min}` : `at most ${found.max}`
    return fail(at, `wrong number of args for ${name}: want ${want} got ${args.length}`)
  }
  return (dot, run) => {
    const values: Value[] = []
    for (const evaluate of args) values.push(evaluate(dot, run) ?? null)
    run.at = at
    return checkSize(found.call(values, run))
  }
}

/** Texts and lists that double with every call must end somewhere. */
function checkSize(value: Cell): Cell {
  if (typeof value === 'string') checkLength(value.length)
  else if (Array.isArray(value) && value.length > MAX_ITEMS) throw rowFailed(`a list would have more than ${MAX_ITEMS} items`)
  return value
}

/** The first argument that decides, else the last one. */
function compileLogic(conjunction: boolean, args: readonly Evaluate[]): Evaluate {
  return (dot, run) => {
    let value: Cell
    for (const evaluate of args) {
      value = evaluate(dot, run)
      if (isTrue(value) !== conjunction) return value
    }
    return value
  }
}

function compileOperand(operand: Operand, functions: Functions, fail: Fail): Evaluate {
  switch (operand.kind) {
    case 'dot':
      return (dot) => dot
    case 'nil':
      return () => null
    case 'constant': {
      const { value } = operand
      return () => value
    }
    case 'variable': {
      const { slot } = operand
      return (_dot, run) => run.frame[slot]
    }
    case 'pipeline':
      return compilePipeline(operand.pipeline, functions, fail)
    case 'function':
      return compileCall(operand, [], functions, fail)
    case 'member':
      return compileMember(operand, compileOperand(operand.object, functions, fail))
  }
}

function compileMember(operand: { readonly at: number; readonly name: string }, object: Evaluate): Evaluate {
  const { at, name } = operand
  return (dot, run) => {
    const value = object(dot, run)
    if (value === undefined) return undefined
    if (isStruct(value)) return Object.hasOwn(value, name) ? value[name] : undefined
    run.at = at
    throw rowFailed(value === null ? `null has no member ${name}` : `a value of type ${goTypeName(value)} has no member ${name}`)
  }
}

export function write(run: Run, text: string, limit: number): void {
  run.text += text
  if (run.text.length > limit) throw rowFailed(`the text has more than ${limit} characters`)
}
