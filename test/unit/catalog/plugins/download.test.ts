import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../../src/base/clock.ts'
import { download, type DownloadLimits } from '../../../../src/catalog/plugins/download.ts'
import { failureOf, temporaryFolder } from '../../../support/catalog.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const LIMITS: DownloadLimits = { maxZipSize: 1000, downloadTimeout: 5000, maxRedirects: 2, allowFile: true }

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const get = (uri: string, limits: Partial<DownloadLimits> = {}) => download(uri, { ...LIMITS, ...limits }, systemClock)

test('a zip comes by http, over redirects too', async () => {
  const base = await serve((request, response) => {
    if (request.url === '/b.zip') response.end('zip')
    else response.writeHead(302, { location: '/b.zip' }).end()
  })
  expect(Buffer.from(await get(`${base}/a.zip`)).toString()).toBe('zip')
})

test('a zip comes from a file', async () => {
  const file = path.join(temporaryFolder(), 'a.zip')
  writeFileSync(file, 'zip')
  expect(Buffer.from(await get(pathToFileURL(file).href)).toString()).toBe('zip')
})

test.each([
  ['', 'invalid uri '],
  ['a.zip', 'invalid uri a.zip'],
  ['ftp://h/a.zip', 'invalid uri ftp://h/a.zip'],
  ['http://h/a.tar', 'invalid uri http://h/a.tar'],
  ['data:application/zip,x', 'invalid uri data:application/zip,x'],
  ['http://user:hunter2@h/a.tar', 'invalid uri http://user:***@h/a.tar'],
])('%s is refused', async (uri, message) => {
  expect(await failureOf(() => get(uri))).toMatchObject({ code: 'plugin_invalid', message })
})

test('an answer of 404 is reported', async () => {
  const base = await serve((_request, response) => response.writeHead(404).end())
  expect((await failureOf(() => get(`${base}/a.zip`))).message).toBe(`fail to download file ${base}/a.zip: the server answered 404`)
})

test('a server that never ends is cut off at the limit, whatever it announces', async () => {
  const base = await serve((_request, response) => {
    const send = (): void => {
      while (response.write('x'.repeat(500))) if (response.destroyed) return
      response.once('drain', send)
    }
    send()
  })
  expect((await failureOf(() => get(`${base}/a.zip`))).message).toContain('it is larger than 1000 bytes')
  const announced = await serve((_request, response) => response.writeHead(200, { 'content-length': '5000' }).end('x'.repeat(5000)))
  expect((await failureOf(() => get(`${announced}/a.zip`))).message).toContain('it is larger than 1000 bytes')
})

test('a server that hangs is given up after the time limit', async () => {
  const asked = Promise.withResolvers<void>()
  const base = await serve(() => asked.resolve())
  const clock = new FakeClock()
  const failed = failureOf(() => download(`${base}/a.zip`, LIMITS, clock))
  await asked.promise
  await clock.advance(5000)
  expect((await failed).message).toContain('no complete answer within 5000 ms')
})

test('a server that stops in the middle is given up after the time limit', async () => {
  const begun = Promise.withResolvers<void>()
  const base = await serve((_request, response) => void response.write('x', () => begun.resolve()))
  const clock = new FakeClock()
  const failed = failureOf(() => download(`${base}/a.zip`, LIMITS, clock))
  await begun.promise
  await clock.advance(5000)
  expect((await failed).message).toContain('no complete answer within 5000 ms')
})

test('redirects end', async () => {
  const base = await serve((_request, response) => response.writeHead(302, { location: '/again.zip' }).end())
  expect((await failureOf(() => get(`${base}/a.zip`))).message).toContain('more than 2 redirects')
})

test.each(['file:///etc/passwd.zip', 'data:application/zip,x'])('a redirect to %s is not followed', async (location) => {
  const base = await serve((_request, response) => response.writeHead(302, { location }).end())
  expect((await failureOf(() => get(`${base}/a.zip`))).message).toMatch(/a redirect to (file|data): is not followed/)
})

test.each(['http://169.254.169.254/a.zip', 'http://[fe80::1]/a.zip'])('%s, where clouds keep credentials, is not asked', async (uri) => {
  expect((await failureOf(() => get(uri))).message).toContain('are not asked')
})

test('a redirect to such an address is not followed either', async () => {
  const base = await serve((_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/x.zip' }).end())
  expect((await failureOf(() => get(`${base}/a.zip`))).message).toContain('are not asked')
})

test('nobody listens', async () => {
  expect((await failureOf(() => get('http://127.0.0.1:1/a.zip'))).message).toContain('fail to download file http://127.0.0.1:1/a.zip: ')
})

test('a file that is a folder, too large, absent or forbidden is refused', async () => {
  const folder = temporaryFolder()
  mkdirSync(path.join(folder, 'd.zip'))
  writeFileSync(path.join(folder, 'large.zip'), 'x'.repeat(1001))
  const at = (name: string): string => pathToFileURL(path.join(folder, name)).href
  expect((await failureOf(() => get(at('d.zip')))).message).toContain('it is not a file')
  expect((await failureOf(() => get(at('large.zip')))).message).toContain('it is larger than 1000 bytes')
  expect((await failureOf(() => get(at('none.zip')))).message).toContain('ENOENT')
  expect(await failureOf(() => get(at('large.zip'), { allowFile: false }))).toMatchObject({ code: 'denied' })
  expect((await failureOf(() => get('file://otherhost/a.zip'))).message).toContain('expected a path on this machine')
})
