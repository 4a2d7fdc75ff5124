import { createServer, type Server } from 'node:net'
import { once } from 'node:events'

/** A Modbus server that gives each register its address as value. */
export async function modbusServer(): Promise<{ readonly port: number; close(): void }> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const request = Buffer.from(data)
      const [address, count] = [request.readUInt16BE(8), request.readUInt16BE(10)]
      const answer = Buffer.alloc(9 + count * 2)
      request.copy(answer, 0, 0, 4)
      answer.writeUInt16BE(3 + count * 2, 4)
      answer.set([request[6] ?? 0, request[7] ?? 0, count * 2], 6)
      for (let i = 0; i < count; i++) answer.writeUInt16BE(address + i, 9 + i * 2)
      socket.write(answer)
    })
    sockets.add(socket)
  })
  const sockets = new Set<{ destroy(): void }>()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
