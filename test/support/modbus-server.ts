import { createServer, type Server, type Socket } from 'node:net'

/** How a server answers a request that it has read: bytes of the PDU, or nothing at all. */
export type Answer = (request: ModbusRequest) => Uint8Array | undefined

export interface ModbusRequest {
  readonly unit: number
  /** 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers. */
  readonly table: number
  readonly address: number
  readonly count: number
}

/** A Modbus TCP server with four tables of 65,536 places each (Modbus messaging on TCP/IP V1.0b; application protocol V1.1b3, 6.1 to 6.4). */
export class ModbusServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #bits = [new Set<number>(), new Set<number>()]
  readonly #registers = [new Uint16Array(65_536), new Uint16Array(65_536)]
  readonly requests: ModbusRequest[] = []
  /** Connections that were opened so far. */
  connections = 0
  /** What it answers instead of what is in its tables. */
  answer: Answer | undefined
  /** Changes a whole frame before it is sent, as a server that does not keep to the protocol. */
  garble: ((frame: Buffer) => Buffer) | undefined

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => this.#serve(socket))
  }

  static async start(port = 0): Promise<ModbusServer> {
    const server = createServer()
    const made = new ModbusServer(server)
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return made
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  setBit(table: 'coil' | 'discrete', address: number, on = true): void {
    const bits = this.#bits[table === 'coil' ? 0 : 1]
    if (on) bits?.add(address)
    else bits?.delete(address)
  }

  setRegisters(table: 'holding' | 'input', address: number, ...values: readonly number[]): void {
    this.#registers[table === 'holding' ? 0 : 1]?.set(values, address)
  }

  /** Ends every connection; the server goes on. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#sockets.clear()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
  }

  #serve(socket: Socket): void {
    this.connections++
    this.#sockets.add(socket)
    let waiting = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (data: Buffer) => {
      waiting = Buffer.concat([waiting, data])
      for (; waiting.length >= 12; waiting = waiting.subarray(12)) this.#handle(socket, waiting.subarray(0, 12))
    })
  }

  #handle(socket: Socket, frame: Buffer): void {
    const request = {
      unit: frame.readUInt8(6),
      table: frame.readUInt8(7),
      address: frame.readUInt16BE(8),
      count: frame.readUInt16BE(10),
    }
    this.requests.push(request)
    const pdu = this.answer === undefined ? this.#read(request) : this.answer(request)
    if (pdu === undefined) return
    const header = Buffer.alloc(7)
    frame.copy(header, 0, 0, 4)
    header.writeUInt16BE(pdu.length + 1, 4)
    header.writeUInt8(request.unit, 6)
    const whole = Buffer.concat([header, pdu])
    socket.write(this.garble === undefined ? whole : this.garble(whole))
  }

  #read({ table, address, count }: ModbusRequest): Uint8Array {
    if (table === 1 || table === 2) {
      const bytes = Buffer.alloc(Math.ceil(count / 8))
      for (let i = 0; i < count; i++) {
        const at = i >> 3
        if (this.#bits[table - 1]?.has(address + i) === true) bytes[at] = (bytes[at] ?? 0) | (1 << (i & 7))
      }
      return Buffer.concat([Buffer.of(table, bytes.length), bytes])
    }
    return registers(table, this.#registers[table - 3]?.subarray(address, address + count) ?? [])
  }
}

/** The answer to a request for registers. */
export function registers(table: number, values: Iterable<number>): Buffer {
  const words = [...values].flatMap((value) => [value >> 8, value & 255])
  return Buffer.from([table, words.length, ...words])
}
