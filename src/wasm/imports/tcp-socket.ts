import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { within } from './answer.ts'
import type { NetworkGrant } from './network-grant.ts'
import { grantedLookup, type Resolve } from './resolve.ts'

export interface TlsOptions {
  readonly serverName?: string
  readonly ca?: string
  readonly certificate?: string
  readonly key?: string
  readonly protocols: readonly string[]
}

/** What a connection is made with. */
export interface Network {
  readonly grant: NetworkGrant
  readonly clock: Clock
  /** Instead of the resolver of the system. */
  readonly resolve?: Resolve
}

/** One connection of a plugin. What comes in waits in the socket, which stops reading when it is full. */
export class TcpSocket {
  readonly #clock: Clock
  readonly #place: string
  readonly #host: string
  #socket: Socket | TLSSocket
  #failure: Error | undefined
  #ended = false
  #wake: (() => void) | undefined

  private constructor(socket: Socket, clock: Clock, host: string, port: number) {
    this.#clock = clock
    this.#host = host
    this.#place = `${host}:${port}`
    this.#socket = socket
    this.#listen()
  }

  /** Connects within `ms`. Throws `denied`, `unavailable` or `timeout`. */
  static async connect(
    { grant, clock, resolve: resolveName }: Network,
    to: { host: string; port: number; ms: number },
  ): Promise<TcpSocket> {
    const { host, port, ms } = to
    grant.checkHost(host, port)
    const socket = connectTcp({ host, port, lookup: grantedLookup(grant, resolveName), noDelay: true, keepAlive: true })
    const made = new TcpSocket(socket, clock, host, port)
    const connected = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', (error) => reject(error instanceof PlutinoError ? error : unavailable(`${host}:${port}`, error)))
    })
    try {
      await within(clock, ms, connected, () => new PlutinoError('timeout', `${host}:${port} did not answer within ${ms} ms`))
    } catch (error) {
      socket.destroy()
      throw error
    }
    return made
  }

  /** Encrypts the connection from here on. */
  async startTls(options: TlsOptions, ms: number): Promise<void> {
    const { serverName = this.#host, ca, certificate, key, protocols } = options
    if ((certificate === undefined) !== (key === undefined))
      throw new PlutinoError('config_invalid', 'a certificate needs its key, and a key its certificate')
    this.#socket.removeAllListeners()
    const secure = connectTls({
      socket: this.#socket,
      servername: serverName,
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
      ...(protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }),
    })
    const done = new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve)
      secure.once('error', (error) => reject(unavailable(this.#place, error)))
    })
    this.#socket = secure
    try {
      await within(this.#clock, ms, done, () => new PlutinoError('timeout', `${this.#place} did not encrypt within ${ms} ms`))
    } catch (error) {
      secure.destroy()
      throw error
    }
    this.#listen()
  }

  /** At least one byte and at most `max`; empty when nothing came within `ms`; undefined when the other side has ended. */
  async read(max: number, ms: number): Promise<Uint8Array | undefined> {
    let found = this.#take(max)
    if (found !== undefined || ms === 0) return found ?? this.#nothing()
    await this.#readable(ms)
    found = this.#take(max)
    return found ?? this.#nothing()
  }

  /** Resolves when the system has taken the data. */
  write(data: Uint8Array, ms: number): Promise<void> {
    if (this.#failure !== undefined) throw unavailable(this.#place, this.#failure)
    const written = new Promise<void>((resolve, reject) => {
      this.#socket.write(data, (error) => (error === null || error === undefined ? resolve() : reject(unavailable(this.#place, error))))
    })
    return within(this.#clock, ms, written, () => {
      this.close()
      return new PlutinoError('timeout', `${this.#place} did not take the data within ${ms} ms`)
    })
  }

  /** Ends sending; reading goes on. */
  shutdown(ms: number): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#socket.end(() => resolve())
    })
    return within(this.#clock, ms, ended, () => {
      this.close()
      return new PlutinoError('timeout', `${this.#place} did not take the data within ${ms} ms`)
    })
  }

  close(): void {
    this.#failure ??= new Error('the connection is closed')
    this.#socket.destroy()
    this.#wake?.()
  }

  #listen(): void {
    this.#socket.on('readable', () => this.#wake?.())
    this.#socket.on('end', () => {
      this.#ended = true
      this.#wake?.()
    })
    this.#socket.on('error', (error) => {
      this.#failure = error
      this.#wake?.()
    })
    this.#socket.on('close', () => {
      this.#ended = true
      this.#wake?.()
    })
  }

  #take(max: number): Uint8Array | undefined {
    const size = Math.min(max, this.#socket.readableLength)
    const chunk: unknown = size === 0 ? this.#socket.read() : this.#socket.read(size)
    return chunk instanceof Uint8Array ? chunk : undefined
  }

  #nothing(): Uint8Array | undefined {
    if (this.#failure !== undefined) throw unavailable(this.#place, this.#failure)
    return this.#ended ? undefined : new Uint8Array(0)
  }

  /** Resolves when there may be something to read, or after `ms`. */
  #readable(ms: number): Promise<void> {
    if (this.#ended || this.#failure !== undefined) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, () => this.#wake?.())
      this.#wake = () => {
        this.#wake = undefined
        cancel()
        resolve()
      }
    })
  }
}

function unavailable(place: string, error: Error): PlutinoError {
  return new PlutinoError('unavailable', `${place}: ${error.message}`)
}
