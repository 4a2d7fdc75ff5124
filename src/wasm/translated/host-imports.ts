import { GuestTrap } from '../abi/trap.ts'
import { WireReader, WireWriter } from '../abi/wire.ts'
import type { ComponentHost } from '../guest/component.ts'
import { waits } from '../imports/host-import.ts'
import { camelCase, codecOf, type WitValue } from '../values/codec.ts'
import type { Contract } from '../wit/contract.ts'
import type { WitFunction, WitInterface, WitType } from '../wit/model.ts'

type Values = readonly WitValue[]
type ImportFunction = (values: Values) => WitValue | Promise<WitValue>

export interface HostImports {
  /** By the names that the translator's script asks for: without versions. */
  readonly imports: Readonly<Record<string, unknown>>
  /** A line of the guest in the log. */
  print(level: string, text: string): void
}

/** The world `imports` of the WIT, as the translator's script calls it. `limit`: how many bytes one call may bring or return. */
export function hostImports(contract: Contract, host: ComponentHost, limit: number): HostImports {
  const imports: Record<string, unknown> = {}
  const log = importFunction(contract.interface('log'), contract.function('log', 'log'), host, limit)
  for (const name of contract.package.worlds.get('imports')?.imports ?? []) {
    imports[`${contract.package.name}/${name}`] = interfaceImports(contract.interface(name), host, limit)
  }
  return { imports, print: (level, text) => void log([level, text]) }
}

function interfaceImports(known: WitInterface, host: ComponentHost, limit: number): Readonly<Record<string, unknown>> {
  const members: Record<string, unknown> = {}
  const classes = new Map(known.resources.map((name) => [name, resourceClass((rep) => host.drop(known.name, rep))]))
  for (const [name, type] of classes) members[pascalCase(name)] = type
  for (const signature of known.functions) {
    const run = importFunction(known, signature, host, limit)
    const [, kind, resource, name = signature.name] = /^\[(static|method)\]([^.]+)\.(.+)$/.exec(signature.name) ?? []
    const type = classes.get(resource ?? '')
    if (type === undefined) members[camelCase(name)] = (...values: Values) => run(values)
    else if (kind === 'static') define(type, camelCase(name), staticFunction(run, type))
    else define(type.prototype, camelCase(name), method(run))
  }
  return members
}

/** Values in, values out; an error of the WIT is thrown as it is. */
function importFunction(known: WitInterface, signature: WitFunction, host: ComponentHost, limit: number): ImportFunction {
  const full = `${known.name}.${signature.name}`
  const direct = host.direct.get(full)
  const read = resultReader(signature.result)
  if (direct !== undefined) return (values) => unsigned(direct(...values.map(coreValue)), signature.result)
  const params = signature.params.map((param) => codecOf(param.type))
  const args = new WireWriter(limit, 256)
  const write = (values: Values): WireWriter => {
    args.restart()
    params.forEach((param, i) => param.write(args, values[i]))
    return args
  }
  if (waits(known.name, signature.name)) {
    return async (values) => read(new WireReader(await host.wait(known.name, signature.name, write(values).take())))
  }
  const result = new WireWriter(limit, 64)
  return (values) => {
    const answer = host.functions.get(full)
    if (answer === undefined) throw new GuestTrap(`the plugin needs ${full}, which the host does not offer`)
    result.restart()
    answer(new WireReader(write(values).written()), result)
    return read(new WireReader(result.written()))
  }
}

function resultReader(type: WitType | undefined): (wire: WireReader) => WitValue {
  if (type === undefined) return () => undefined
  if (type.kind !== 'result') {
    const codec = codecOf(type)
    return (wire) => codec.read(wire)
  }
  const [ok, err] = [type.ok, type.err].map((one) => (one === undefined ? undefined : codecOf(one)))
  return (wire) => {
    if (wire.u8() === 0) return ok?.read(wire)
    // oxlint-disable-next-line typescript/only-throw-error -- how the translator's script takes an error of the WIT
    throw err?.read(wire)
  }
}

/** Core values of a u64 may be negative. */
function unsigned(value: number | bigint, type: WitType | undefined): WitValue {
  return typeof value === 'bigint' && type?.kind === 'u64' ? BigInt.asUintN(64, value) : value
}

function coreValue(value: WitValue): number | bigint {
  return typeof value === 'bigint' ? value : Number(value)
}

/** A handle of the guest: the script keeps it, and makes others of the class when the guest names one that it does not hold. */
class Resource {
  readonly rep: number | undefined

  constructor(rep?: number) {
    this.rep = rep
  }
}

function resourceClass(drop: (rep: number) => void): typeof Resource {
  const type = class extends Resource {}
  define(type.prototype, Symbol.dispose, function dispose(this: Resource) {
    if (this.rep !== undefined) drop(this.rep)
  })
  return type
}

function staticFunction(run: ImportFunction, type: typeof Resource): (...values: Values) => Promise<Resource> {
  return async (...values) => new type(Number(await run(values)))
}

function method(run: ImportFunction): (this: Resource, ...values: Values) => WitValue | Promise<WitValue> {
  return function call(...values) {
    if (this.rep === undefined) throw new GuestTrap('the guest used a handle that it does not hold')
    return run([this.rep, ...values])
  }
}

function define(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true })
}

function pascalCase(name: string): string {
  return camelCase(`-${name}`)
}
