import type { PluginFunction, SourceDescription } from '../../api/plugin.ts'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { silentLogger } from '../../base/log.ts'
import { WireReader } from '../abi/wire.ts'
import { readSignatures } from '../functions/signatures.ts'
import type { PluginLimits } from '../instance/limits.ts'
import type { Program } from '../program/program.ts'
import { PluginInstance } from '../instance/plugin-instance.ts'
import { SavedState } from '../instance/saved-state.ts'
import { codecOf, member, type WitValue } from '../values/codec.ts'
import type { Contract } from '../wit/contract.ts'

export interface DescribeTools {
  readonly contract: Contract
  readonly clock: Clock
  readonly limits: PluginLimits
}

/** What a component says about itself. */
export interface SelfDescription {
  readonly source?: SourceDescription
  readonly functions: readonly PluginFunction[]
}

/**
 * Asks a component what it is, in an instance that gets nothing from the host and is thrown away. `exports`: names of its interfaces. Throws
 * `plugin_invalid` when it fails or says what cannot be.
 */
export async function describeComponent(
  program: Program,
  exports: readonly string[],
  file: string,
  tools: DescribeTools,
): Promise<SelfDescription> {
  if (!exports.some((name) => name === 'source' || name === 'scalar' || name === 'aggregate')) return { functions: [] }
  const instance = instantiate(program, file, tools)
  try {
    const ask = async (interfaceName: string, name: string): Promise<WitValue> => {
      const { result } = tools.contract.function(interfaceName, name)
      if (result === undefined) throw new PlutinoError('internal', `${interfaceName}.${name} gives nothing`)
      return codecOf(result).read(new WireReader(await instance.call(interfaceName, name, new Uint8Array())))
    }
    const has = (name: string): boolean => exports.includes(name)
    const source = has('source') ? readSource(await ask('source', 'describe')) : undefined
    const scalar = has('scalar') ? readSignatures(await ask('scalar', 'functions'), 'scalar') : []
    const aggregate = has('aggregate') ? readSignatures(await ask('aggregate', 'aggregates'), 'aggregate') : []
    const both = scalar.find((one) => aggregate.some((other) => other.name.toLowerCase() === one.name.toLowerCase()))
    if (both !== undefined) throw new PlutinoError('plugin_invalid', `it declares the function ${both.name} twice`)
    return { functions: [...scalar, ...aggregate], ...(source === undefined ? {} : { source }) }
  } catch (error) {
    const { message, hint } = toPlutinoError(error)
    throw new PlutinoError('plugin_invalid', `${file} does not say what it is: ${message}`, hint === undefined ? {} : { hint })
  } finally {
    await instance.close()
  }
}

function instantiate(program: Program, file: string, { contract, clock, limits }: DescribeTools): PluginInstance {
  const nothing = { get: () => undefined, set: () => {}, delete: () => {} }
  return new PluginInstance({
    plugin: file,
    code: program.code(),
    wit: contract.package,
    limits,
    clock,
    log: silentLogger,
    state: new SavedState(nothing),
    imports: [],
  })
}

function readSource(given: WitValue): SourceDescription {
  return { payload: member(given, 'form') === 'rows' ? 'values' : 'bytes', resumes: member(given, 'resumes') === true }
}
