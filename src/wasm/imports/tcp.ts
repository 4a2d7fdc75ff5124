import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { WireReader } from '../abi/wire.ts'
import type { GuestErrors } from '../values/guest-errors.ts'
import { type Answer, answer } from './answer.ts'
import type { HostImport } from './host-import.ts'
import type { NetworkGrant } from './network-grant.ts'
import type { Resolve } from './resolve.ts'
import { TcpSocket, type TlsOptions } from './tcp-socket.ts'

export interface TcpCallsParts {
  readonly grant: NetworkGrant
  readonly errors: GuestErrors
  readonly clock: Clock
  readonly waitMs: number
  readonly payloadBytes: number
  /** Sockets that one instance may have open. */
  readonly connections: number
  /** Instead of the resolver of the system. */
  readonly resolve?: Resolve
}

/** The `tcp` import of one plugin instance: granted hosts and ports only. */
export class TcpCalls implements HostImport {
  readonly name = 'tcp'
  readonly #parts: TcpCallsParts
  readonly #sockets = new Map<number, TcpSocket>()
  #next = 1
  #opening = 0
  /** Counts `close`: a socket that is opened for an earlier count has come too late. */
  #closed = 0

  constructor(parts: TcpCallsParts) {
    this.#parts = parts
  }

  call(name: string, args: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return answer(() => this.#run(name.slice(name.indexOf('.') + 1), new WireReader(args)), { ...this.#parts, other: 'the other side' })
  }

  drop(rep: number): Promise<void> {
    this.#sockets.get(rep)?.close()
    this.#sockets.delete(rep)
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#closed++
    for (const socket of this.#sockets.values()) socket.close()
    this.#sockets.clear()
    return Promise.resolve()
  }

  async #run(verb: string, args: WireReader): Promise<Answer> {
    if (verb === 'connect') return this.#connect(args.text(), args.u16(), this.#limit(args.u32()))
    const socket = this.#sockets.get(args.u32())
    if (socket === undefined) throw new PlutinoError('plugin_failed', 'the connection is closed')
    switch (verb) {
      case 'start-tls':
        await socket.startTls(readOptions(args), this.#parts.waitMs)
        return () => {}
      case 'read': {
        const [max, ms] = [args.u32(), args.u32()]
        const found = await socket.read(Math.min(max, this.#parts.payloadBytes >> 1), Math.min(ms, this.#parts.waitMs))
        return (result) => {
          result.u8(found === undefined ? 0 : 1)
          if (found !== undefined) result.blob(found)
        }
      }
      case 'write': {
        const data = Uint8Array.from(args.blob())
        await socket.write(data, this.#limit(args.u32()))
        return () => {}
      }
      case 'shutdown':
        await socket.shutdown(this.#parts.waitMs)
        return () => {}
      default:
        throw new PlutinoError('plugin_failed', `the host has no tcp.socket.${verb}`)
    }
  }

  async #connect(host: string, port: number, ms: number): Promise<Answer> {
    const { grant, clock, connections, resolve } = this.#parts
    if (this.#sockets.size + this.#opening >= connections)
      throw new PlutinoError('denied', `the plugin has ${connections} connections open, more are not allowed`)
    const before = this.#closed
    this.#opening++
    const socket = await TcpSocket.connect({ grant, clock, ...(resolve === undefined ? {} : { resolve }) }, { host, port, ms }).finally(
      () => this.#opening--,
    )
    if (before !== this.#closed) {
      socket.close()
      throw new PlutinoError('timeout', 'the connection was opened too late')
    }
    const rep = this.#next++
    this.#sockets.set(rep, socket)
    return (result) => result.u32(rep)
  }

  /** 0 is the host's limit. */
  #limit(ms: number): number {
    return ms === 0 ? this.#parts.waitMs : Math.min(ms, this.#parts.waitMs)
  }
}

function readOptions(args: WireReader): TlsOptions {
  const text = (): string | undefined => (args.u8() === 0 ? undefined : args.text())
  const [serverName, ca, certificate, key] = [text(), text(), text(), text()]
  const count = args.u32()
  const protocols: string[] = []
  for (let i = 0; i < count; i++) protocols.push(args.text())
  return {
    ...(serverName === undefined ? {} : { serverName }),
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    protocols,
  }
}
