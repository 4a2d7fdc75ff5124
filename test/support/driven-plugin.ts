import type { GroupFunction } from '../../src/api/function.ts'
import type { PluginDescription, PluginFunction, PluginHost, PluginKind, PluginPackage } from '../../src/api/plugin.ts'
import { PlutinoError } from '../../src/base/errors.ts'
import type { Interface } from '../guests/hostile-exports.ts'
import { functionOf, sourceOf } from './built-plugins.ts'
import { componentOf } from './components.ts'
import type { TestContext } from './context.ts'
import type { FakeClock } from './fake-clock.ts'
import { rowsOf } from './plugins.ts'

const WORLDS = { source: 'source-plugin', sink: 'sink-plugin', scalar: 'function-plugin', aggregate: 'aggregate-plugin' } as const

/** A plugin of one interface as an installation would have found it, had the guest told the truth; its function is called f. */
export async function pretendedPackage(wat: string, from: Interface): Promise<PluginPackage> {
  const component = await componentOf(wat, WORLDS[from])
  const kind: PluginKind = from === 'scalar' || from === 'aggregate' ? 'function' : from
  const description: PluginDescription = {
    name: 'probe',
    version: '1.0.0',
    kinds: [kind],
    capabilities: [],
    wit: '1.0.0',
    size: component.length,
    sha256: '',
  }
  const source = from === 'source' ? { source: { payload: 'bytes' as const, resumes: true } } : {}
  const functions = from === 'scalar' || from === 'aggregate' ? { functions: [functionFrom(from)] } : {}
  return { description: { ...description, ...source, ...functions }, component, files: new Map() }
}

function functionFrom(from: 'scalar' | 'aggregate'): PluginFunction {
  return {
    name: 'f',
    doc: '',
    interface: from,
    index: 0,
    params: [{ name: 'x', type: 'float' }],
    returns: 'float',
    nulls: 'null',
    effect: 'pure',
    ...(from === 'aggregate' ? { removes: true, merges: true } : {}),
  }
}

/** Calls every export of a plugin once, in order. Rejects with the first error, also where it is one of a row. */
export async function drive(host: PluginHost, plugin: PluginPackage, ctx: TestContext<FakeClock>): Promise<void> {
  const definitions = host.definitions(plugin)
  const [definition] = definitions
  if (definition?.kind === 'source') return driveSource(sourceOf(definitions).create({}), ctx)
  if (definition?.kind === 'sink') return driveSink(definition.create({}), ctx)
  const f = functionOf(definitions, 'f')
  const place = { place: 0, args: [{ expression: 'a' }] }
  if (f.kind === 'batch') {
    const batch = await f.openBatch(place, ctx)
    fail(await batch.call([[1]]))
  } else if (f.kind === 'groups') await driveGroups(await f.openGroups(place, ctx))
}

type Source = ReturnType<ReturnType<typeof sourceOf>['create']>

async function driveSource(source: Source, ctx: TestContext<FakeClock>): Promise<void> {
  try {
    await source.connect(ctx)
    // a guest that gives nothing is asked again and again
    const reading = source.read(10, ctx).catch((error: unknown) => error)
    await source.commit?.('1')
    const error = await Promise.race([reading, source.close().then(() => undefined)])
    if (error instanceof Error) throw error
  } finally {
    await source.close()
  }
}

interface AnySink {
  connect(ctx: TestContext<FakeClock>): Promise<void>
  write(batch: ReturnType<typeof rowsOf>, ctx: TestContext<FakeClock>): Promise<void>
  close(): Promise<void>
}

async function driveSink(sink: AnySink, ctx: TestContext<FakeClock>): Promise<void> {
  try {
    await sink.connect(ctx)
    await sink.write(rowsOf([1, 'a']), ctx)
  } finally {
    await sink.close()
  }
}

async function driveGroups(groups: GroupFunction): Promise<void> {
  fail([...(await groups.add([0, 1, 2], [[1], [2], [3]])).values()])
  fail([...((await groups.remove?.([0], [[1]])) ?? new Map()).values()])
  await groups.merge?.([0], [2])
  await groups.restore([0], [new Uint8Array(1)])
  // before the first lie, which costs the instance
  await groups.drop([1])
  const saved = groups.save([0]).catch((error: unknown) => {
    if (!String(error).includes('saved 0 of 1 groups')) throw error
  })
  await saved
  fail((await groups.finish([0])).filter((one) => !(one instanceof PlutinoError && one.message.includes('gave 0 results'))))
}

function fail(values: readonly unknown[]): void {
  for (const one of values) if (one instanceof PlutinoError && !one.message.includes('gave 0 results for 1 rows')) throw one
}
