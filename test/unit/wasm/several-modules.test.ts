import { parse, transpile } from '@bytecodealliance/jco'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { PluginHost } from '../../../src/api/plugin.ts'
import type { Sink } from '../../../src/api/sink.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { createPluginHost } from '../../../src/wasm/plugin-host.ts'
import { adaptedSink, LOOKING, TALKING } from '../../guests/adapter-guests.ts'
import { sinkGuest } from '../../guests/sink-guests.ts'
import { componentOf } from '../../support/components.ts'
import { testContext } from '../../support/context.ts'
import { FakeDatabases, rowsOf, testHost } from '../../support/plugins.ts'

const hosts: PluginHost[] = []
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()))
})

function hostOf(limits = {}): PluginHost {
  const host = testHost({ clock: systemClock, limits })
  hosts.push(host)
  return host
}

async function sinkOf(host: PluginHost, component: Uint8Array): Promise<Sink> {
  const [definition] = host.definitions(await host.check(new Map([['probe.wasm', component]])))
  if (definition?.kind !== 'sink') throw new Error('no sink')
  return definition.create({})
}

describe('components with an adapter', () => {
  test('install; what they can do is told in words of our WIT', async () => {
    const plugin = await hostOf().check(new Map([['probe.wasm', await adaptedSink({ collect: TALKING })]]))
    expect(plugin.description).toMatchObject({ kinds: ['sink'], wit: '1.0.0' })
    expect(plugin.description.capabilities).toContain('log')
  })

  test('what they print is in the log of the rule', async () => {
    const ctx = testContext(systemClock)
    const sink = await sinkOf(hostOf(), await adaptedSink({ collect: TALKING }))
    await sink.connect(ctx)
    await sink.write(rowsOf([1]), ctx)
    await sink.write(rowsOf([1]), ctx)
    await sink.close()
    expect(ctx.log.of('info')).toEqual(['to the log', 'to the log'])
    expect(ctx.log.of('error')).toEqual(['to the log', 'to the log'])
  })

  test('they find clocks and randomness, no environment, no folders, and nothing to read', async () => {
    const ctx = testContext(systemClock)
    const sink = await sinkOf(hostOf(), await adaptedSink({ collect: LOOKING }))
    await sink.connect(ctx)
    await sink.write(rowsOf([1]), ctx)
    await sink.close()
  })

  test.each([
    ['traps', 'unreachable', /it trapped: .*unreachable/],
    ['recurses without end', '(call $again)', /ran out of stack|trapped/],
    [
      'grows its memory without end',
      '(block $out (loop $more (br_if $out (i32.eq (memory.grow (i32.const 16)) (i32.const -1))) (br $more))) unreachable',
      /its memory has grown to [\d.]+ MiB of 64 MiB/,
    ],
    ['gives an address outside its memory', '(i32.const 0x7ffffff0)', /sink\.collect failed/],
    ['never returns', '(loop $on (br $on)) unreachable', /did not return within 2000 ms/],
  ])('one that %s fails with a clear error, and works again after the next connect', async (_, collect, says) => {
    const ctx = testContext(systemClock)
    const more = '(func $again (result i32) (i32.add (call $again) (i32.const 1)))'
    const sink = await sinkOf(hostOf({ callMs: 2000 }), await adaptedSink({ collect, more }))
    await sink.connect(ctx)
    await expect(sink.write(rowsOf([1]), ctx)).rejects.toThrow(says)
    await sink.connect(ctx)
    await sink.close()
  })
})

describe('translations', () => {
  test('are kept beside the plugins, and made again when they are damaged', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'plutino-translated-'))
    const component = await adaptedSink({ collect: TALKING })
    const run = async (): Promise<string> => {
      const parts = { databases: new FakeDatabases(), clock: systemClock, log: silentLogger, translations: folder }
      const host = createPluginHost(parts)
      hosts.push(host)
      const ctx = testContext(systemClock)
      const description = { name: 'probe', version: '1.0.0', kinds: ['sink' as const], capabilities: [], wit: '', size: 0, sha256: '' }
      const [definition] = host.definitions({ description, component, files: new Map() })
      if (definition?.kind !== 'sink') throw new Error('no sink')
      const sink = definition.create({})
      await sink.connect(ctx)
      await sink.write(rowsOf([1]), ctx)
      await sink.close()
      const [file = '', ...others] = readdirSync(folder)
      expect(others).toEqual([])
      expect(ctx.log.of('info')).toEqual(['to the log'])
      return path.join(folder, file)
    }
    const file = await run()
    const before = readFileSync(file)
    expect(await run()).toBe(file)
    writeFileSync(file, Buffer.from(before).fill(0, 100, 200))
    await run()
    expect(readFileSync(file).equals(before)).toBe(true)
    rmSync(folder, { recursive: true })
  })

  test('names that would become JavaScript of their own are refused', async () => {
    const component = Buffer.from(await componentOf(sinkGuest({ more: '(func (export "a__________b"))' })))
    const host = testHost({ clock: systemClock, executor: 'jco' })
    hosts.push(host)
    const bad = Buffer.from(component)
    bad.write(`a']=1;x['_b`.padEnd(12, '_').slice(0, 12), bad.indexOf('a__________b'))
    await expect(sinkOf(host, component)).resolves.toBeDefined()
    const sink = await sinkOf(host, bad).catch((error: unknown) => error)
    const ctx = testContext(systemClock)
    const failed = sink instanceof Error ? sink : await (sink as Sink).connect(ctx).catch((error: unknown) => error)
    expect(failed).toMatchObject({ message: expect.stringContaining('strange name') })
  })

  test('jco puts such names into its JavaScript as they are, which is why', async () => {
    const component = await parse(`(component
      (core module $m (func (export "it's")))
      (core instance $i (instantiate $m))
      (func (export "f") (canon lift (core func $i "it's"))))`)
    const { files } = await transpile(component, { name: 'plugin', instantiation: 'sync', base64Cutoff: 0 })
    expect(Buffer.from(files['plugin.js'] ?? '').toString()).toContain(`['it's']`)
  })
})
