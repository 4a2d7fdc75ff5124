import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { Offset, Source } from '../../../../src/api/source.ts'
import { JsonSplitter } from '../../../../src/connectors/file/json-values.ts'
import { LineSplitter } from '../../../../src/connectors/file/lines.ts'
import { fileSource } from '../../../../src/connectors/file/source.ts'
import type { JsonObject } from '../../../../src/config/json-object.ts'
import { testContext, type TestContext } from '../../../support/context.ts'
import type { FakeClock } from '../../../support/fake-clock.ts'
import { until } from '../../../support/until.ts'

interface World {
  readonly root: string
  readonly ctx: TestContext<FakeClock>
  readonly source: Source
  readonly write: (name: string, content: string | Uint8Array, changed?: number) => void
}

function world(config: JsonObject): World {
  const root = mkdtempSync(path.join(tmpdir(), 'plutino-file-'))
  const source = fileSource(root).create(config)
  onTestFinished(async () => {
    await source.close()
    rmSync(root, { recursive: true })
  })
  const write = (name: string, content: string | Uint8Array, changed?: number): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), content)
    if (changed !== undefined) utimesSync(path.join(root, name), changed, changed)
  }
  return { root, ctx: testContext(), source, write }
}

/** What comes until the source ends, or `batches` of it, all of it committed. */
async function readAll({ source, ctx }: World, { limit = 4096, batches = Infinity } = {}): Promise<readonly string[]> {
  await source.connect(ctx)
  const out: string[] = []
  for (let i = 0; i < batches; i++) {
    const batch = await source.read(limit, ctx)
    if (batch === undefined) return out
    const { payloads } = batch
    for (let m = batch.from; m < batch.length; m++) out.push(payloads?.bytes.toString('utf8', payloads.starts[m], payloads.ends[m]) ?? '')
    if (batch.offset !== undefined) await source.commit?.(batch.offset)
  }
  return out
}

test.each([
  ['[{"a":1}, {"a":"],[{\\"" },\n[1,2], 3,"x,y" ,null]', ['{"a":1}', '{"a":"],[{\\"" }', '[1,2]', '3', '"x,y"', 'null']],
  ['{"a":1}\n{"a":2}', ['{"a":1}', '{"a":2}']],
  ['  []', []],
  ['', []],
  ['[{"a":1},{"a":', ['{"a":1}', '{"a":']],
  ['[{"a":1},oops,{"a":2}]', ['{"a":1}', 'oops', '{"a":2}']],
])('json: %s', async (content, messages) => {
  const files = world({ datasource: 'a.json' })
  files.write('a.json', content)
  expect(await readAll(files)).toEqual(messages)
})

test('json: wherever the file is cut, the messages are those of the array', () => {
  const values = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 })
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 7 }), fc.boolean(), (list, size, spaced) => {
      const splitter = new JsonSplitter()
      const bytes = Buffer.from(JSON.stringify(list, undefined, spaced ? 1 : 0))
      const out: Buffer[] = []
      for (let i = 0; i < bytes.length; i += size) out.push(...splitter.push(bytes.subarray(i, i + size)))
      out.push(...splitter.end())
      expect(out.map((one) => JSON.parse(one.toString()) as unknown)).toEqual(JSON.parse(bytes.toString()))
    }),
  )
})

test('lines: wherever the file is cut, the messages are its lines', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', 'é'), maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      (text, size) => {
        const splitter = new LineSplitter({ ignoreStart: 1, ignoreEnd: 1, header: false })
        const bytes = Buffer.from(text)
        const out: Buffer[] = []
        for (let i = 0; i < bytes.length; i += size) out.push(...splitter.push(bytes.subarray(i, i + size)))
        out.push(...splitter.end())
        const lines = text.split(/\r?\n/).filter((line) => line !== '')
        expect(out.map(String)).toEqual(lines.slice(1, -1))
      },
    ),
  )
})

test('csv: the header stands before every line', async () => {
  const files = world({ datasource: 'a.csv', fileType: 'csv', hasHeader: true, ignoreStartLines: 1, ignoreEndLines: 1 })
  files.write('a.csv', '# of today\nid,name\n1,x\n2,y\ntotal 2\n')
  expect(await readAll(files)).toEqual(['id,name\n1,x', 'id,name\n2,y'])
})

test('a folder: its files in the order in which they changed, with their names as metadata; hidden files and folders are none', async () => {
  const files = world({ datasource: 'in', fileType: 'lines' })
  files.write('in/b', '1', 1_000)
  files.write('in/a', '2\n3', 2_000)
  files.write('in/.hidden', '4')
  files.write('in/deeper/c', '5')
  expect(await readAll(files, { limit: 1 })).toEqual(['1', '2', '3'])
  const again = world({ datasource: '', fileType: 'lines' })
  again.write('x.txt', 'a')
  await again.source.connect(again.ctx)
  const batch = await again.source.read(10, again.ctx)
  expect([batch?.meta?.(0, 'file'), batch?.metaAll?.(0)]).toEqual(['x.txt', { file: 'x.txt' }])
})

test('with an interval a file is read again, of a folder only what is new or has changed', async () => {
  const one = world({ datasource: 'a', fileType: 'lines', interval: '10s' })
  one.write('a', 'x')
  const reading = readAll(one, { batches: 4 })
  await until('a pause', () => one.ctx.clock.pending > 0)
  await one.ctx.clock.advance(10_000)
  expect(await reading).toEqual(['x', 'x'])
  const many = world({ datasource: 'in', fileType: 'lines', interval: '10s' })
  many.write('in/a', 'x', 1_000)
  many.write('in/b', 'y', 2_000)
  const more = readAll(many, { batches: 8 })
  await until('a pause', () => many.ctx.clock.pending > 0)
  many.write('in/a', 'z', 3_000)
  many.write('in/c', 'w', 4_000)
  await many.ctx.clock.advance(10_000)
  expect(await more).toEqual(['x', 'y', 'z', 'w'])
})

test('files that are compressed, and a pause between messages', async () => {
  const files = world({ datasource: 'a.gz', decompression: 'gzip', sendInterval: '1s' })
  files.write('a.gz', gzipSync('[1,2,3]'))
  const start = files.ctx.clock.now()
  const reading = readAll(files)
  for (let i = 0; i < 2; i++) {
    await until('a pause', () => files.ctx.clock.pending > 0)
    await files.ctx.clock.advance(1_000)
  }
  expect(await reading).toEqual(['1', '2', '3'])
  expect(files.ctx.clock.now() - start).toBe(2_000)
})

test('a file whose rows are safe is deleted or moved', async () => {
  const deleted = world({ datasource: 'in', fileType: 'lines', actionAfterRead: 1 })
  deleted.write('in/a', 'x')
  await readAll(deleted)
  expect(readdirSync(path.join(deleted.root, 'in'))).toEqual([])
  const moved = world({ datasource: 'in', fileType: 'lines', actionAfterRead: 2, moveTo: 'done' })
  moved.write('in/a', 'x')
  await readAll(moved)
  expect([readdirSync(path.join(moved.root, 'in')), readdirSync(path.join(moved.root, 'done'))]).toEqual([[], ['a']])
})

test('a file that is not there is unavailable: it may come', async () => {
  const files = world({ datasource: 'later', fileType: 'lines' })
  await expect(files.source.connect(files.ctx)).rejects.toMatchObject({ code: 'unavailable', retry: 'reconnect' })
  files.write('later', 'x')
  expect(await readAll(files)).toEqual(['x'])
})

test('after a failure reading goes on behind the messages that were given', async () => {
  const files = world({ datasource: 'a', fileType: 'lines' })
  files.write('a', '1\n2\n3\n')
  expect(await readAll(files, { limit: 2, batches: 1 })).toEqual(['1', '2'])
  expect(await readAll(files)).toEqual(['3'])
})

test('a source in a new life goes on behind the offset: in the middle of a file, and not with files that it has read', async () => {
  const files = world({ datasource: 'in', fileType: 'lines', interval: '10s' })
  files.write('in/a', '1\n2\n', 1_000)
  files.write('in/b', '3\n4\n5\n', 2_000)
  await files.source.connect(files.ctx)
  let offset: Offset | undefined
  for (let i = 0; i < 4; i++) offset = (await files.source.read(1, files.ctx))?.offset
  const again = fileSource(files.root).create({ datasource: 'in', fileType: 'lines', interval: '10s' })
  onTestFinished(() => again.close())
  await again.connect(files.ctx, structuredClone(offset))
  const out: string[] = []
  while (out.length < 2) {
    const { payloads } = (await again.read(1, files.ctx)) ?? {}
    if (payloads !== undefined && payloads.length > 0) out.push(payloads.bytes.toString())
  }
  expect(out).toEqual(['4', '5'])
})

test.each(['../secret', '/etc/passwd', 'in/../../secret', 'a\0b'])('the path %j is refused', (datasource) => {
  expect(() => world({ datasource })).toThrow('datasource: expected a path')
  expect(() => world({ datasource: 'a', path: datasource })).toThrow(/expected a path/)
  expect(() => world({ datasource: 'a', actionAfterRead: 2, moveTo: datasource })).toThrow('expected a path')
})

test('a link that leads out of the folder is not followed', async () => {
  const files = world({ datasource: 'link', fileType: 'lines' })
  symlinkSync('/etc/passwd', path.join(files.root, 'link'))
  await expect(files.source.connect(files.ctx)).rejects.toMatchObject({ code: 'config_invalid' })
})

test('what cannot go together is refused', () => {
  expect(() => world({ datasource: 'a', actionAfterRead: 2 })).toThrow('moveTo: is required')
})
