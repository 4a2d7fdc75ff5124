import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/base/clock.ts'
import { PlutinoError } from '../../../../src/base/errors.ts'
import { WireReader, WireWriter } from '../../../../src/wasm/abi/wire.ts'
import { HttpCalls } from '../../../../src/wasm/imports/http.ts'
import { NetworkGrant } from '../../../../src/wasm/imports/network-grant.ts'
import type { Resolve } from '../../../../src/wasm/imports/resolve.ts'
import { TcpCalls } from '../../../../src/wasm/imports/tcp.ts'
import { GuestErrors } from '../../../../src/wasm/values/guest-errors.ts'
import { Contract } from '../../../../src/wasm/wit/contract.ts'

/*
 * A name that was granted and belongs to somebody else: its owner decides what it answers, and may answer otherwise each time. No answer may
 * lead a plugin to this machine or its link.
 */

const PUBLIC = '192.0.2.1'
const LOCAL = [
  ['127.0.0.1', 4],
  ['127.8.8.8', 4],
  ['0.0.0.0', 4],
  ['169.254.169.254', 4],
  ['::1', 6],
  ['::ffff:127.0.0.1', 6],
  ['::ffff:a9fe:a9fe', 6],
  ['fe80::1', 6],
  ['64:ff9b::7f00:1', 6],
] as const

const errors = new GuestErrors(new Contract())
/** Must never be reached. */
const web = createServer((_, response) => {
  reached++
  response.end()
})
let reached = 0
let port = 0
/** One answer after the other; the last one again and again. */
let answers: (readonly (readonly [string, number])[])[] = []

const resolve: Resolve = (_, __, callback) => {
  const [answer = []] = answers.length > 1 ? answers.splice(0, 1) : answers
  callback(
    null,
    answer.map(([address, family]) => ({ address, family })),
  )
}

beforeAll(async () => {
  await new Promise<void>((done) => {
    // every address of this machine
    web.listen(0, done)
  })
  port = (web.address() as AddressInfo).port
})
afterAll(() => web.close())
beforeEach(() => {
  reached = 0
})

function parts(granted: string): ConstructorParameters<typeof HttpCalls>[0] & { connections: number } {
  return { grant: new NetworkGrant([granted]), errors, clock: systemClock, waitMs: 100, payloadBytes: 10_000, connections: 8, resolve }
}

/** The code of the error of a call. */
async function codeOf(result: Promise<Uint8Array>): Promise<string> {
  try {
    errors.unwrap(new WireReader(await result))
    return 'reached'
  } catch (error) {
    return error instanceof PlutinoError ? error.code : String(error)
  }
}

async function get(): Promise<string> {
  const args = new WireWriter()
  args.text('GET')
  args.text(`http://api.example:${port}/`)
  args.u32(0)
  args.u8(0)
  args.u32(0)
  args.u32(0)
  const http = new HttpCalls(parts(`http://api.example:${port}/*`))
  return codeOf(http.call('send', args.take())).finally(() => void http.close())
}

async function connect(): Promise<string> {
  const args = new WireWriter()
  args.text('api.example')
  args.u16(port)
  args.u32(0)
  const tcp = new TcpCalls(parts(`api.example:${port}`))
  return codeOf(tcp.call('[static]socket.connect', args.take())).finally(() => void tcp.close())
}

describe.each([
  ['http', get],
  ['tcp', connect],
] as const)('%s', (_, ask) => {
  test.each(LOCAL)('a name that answers %s is refused', async (address, family) => {
    answers = [[[address, family]]]
    expect(await ask()).toBe('denied')
    expect(reached).toBe(0)
  })

  test('a name that answers well first and badly then is refused then', async () => {
    answers = [[[PUBLIC, 4]], [['127.0.0.1', 4]]]
    expect(['timeout', 'unavailable']).toContain(await ask())
    expect(await ask()).toBe('denied')
    expect(reached).toBe(0)
  })

  test('a bad answer among good ones is refused', async () => {
    answers = [
      [
        [PUBLIC, 4],
        ['127.0.0.1', 4],
      ],
    ]
    expect(await ask()).toBe('denied')
    expect(reached).toBe(0)
  })
})
