import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPlugin } from '../../../plugin-sdk/assemblyscript/build/build.ts'
import type { SinkDefinition } from '../../../src/api/definition.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { testContext } from '../../support/context.ts'
import { rowsOf, testHost } from '../../support/plugins.ts'

const SOURCE = `import { Batch, Form, Log, PluginError, Result, RowBatch, clock, ok, random, state } from "plutino";

let kept: Array<string> = [];

export function configure(config: string): Result<Form, PluginError> { return ok<Form, PluginError>(Form.Rows); }
export function open(): PluginError | null { return null; }
export function collect(batch: Batch, properties: RowBatch | null): PluginError | null {
  const first = batch.asRows.rows[0][0];
  if (first.isText && first.asText == "fail") throw new Error("cannot go on");
  if (first.isText && first.asText == "eat") while (true) kept.push("more".repeat(1000));
  const total = state.increment("rows", batch.asRows.rows.length);
  Log.info(total.toString() + " rows, first " + (first.isText ? first.asText : "?") + (clock.now() > 0 && random.bytes(4).length == 4 ? "" : "!"));
  return null;
}
export function close(): void { Log.info("closed"); }
`
const folder = mkdtempSync(join(tmpdir(), 'plutino-guest-'))
const host = testHost({ clock: systemClock })
let definition: SinkDefinition

beforeAll(async () => {
  const project = join(folder, 'angry')
  mkdirSync(join(project, 'assembly'), { recursive: true })
  writeFileSync(join(project, 'angry.json'), '{"name":"angry","version":"2.0.0"}')
  writeFileSync(join(project, 'assembly', 'sink.ts'), SOURCE)
  const { component } = await buildPlugin(project)
  const plugin = await host.check(new Map([['angry@v2.0.0.wasm', component]]))
  expect(plugin.description).toMatchObject({
    name: 'angry',
    version: '2.0.0',
    kinds: ['sink'],
    capabilities: ['log', 'state', 'clock', 'random'],
  })
  const [found] = host.definitions(plugin)
  if (found?.kind !== 'sink') throw new Error('no sink')
  definition = found
})
afterAll(async () => {
  await host.close()
  rmSync(folder, { recursive: true })
})

test('a plugin in AssemblyScript uses its imports over many batches and closes', async () => {
  const ctx = testContext(systemClock)
  const sink = definition.create({})
  await sink.connect(ctx)
  for (let i = 0; i < 20; i++) await sink.write(rowsOf(['größe', i], ['x', i]), ctx)
  await sink.close()
  expect(ctx.log.of('info').slice(-2)).toEqual(['40 rows, first größe', 'closed'])
})

test('an exception in AssemblyScript fails with its message, file and line', async () => {
  const ctx = testContext(systemClock)
  const sink = definition.create({})
  await sink.connect(ctx)
  await expect(sink.write(rowsOf(['fail']), ctx)).rejects.toMatchObject({
    code: 'plugin_failed',
    message: expect.stringMatching(/plugin angry in sink\.collect failed: .*cannot go on.*sink\.ts:9/),
  })
  await sink.connect(ctx)
  await sink.write(rowsOf(['x']), ctx)
  await sink.close()
})

test('one that eats memory fails with how much it had', async () => {
  const ctx = testContext(systemClock)
  const sink = definition.create({})
  await sink.connect(ctx)
  await expect(sink.write(rowsOf(['eat']), ctx)).rejects.toMatchObject({
    code: 'plugin_failed',
    message: expect.stringMatching(/MiB of 64 MiB/),
  })
  await sink.close()
})
