import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { until } from './until.ts'

/** A mosquitto of our own on free ports of this machine: plain, TLS, TLS with a certificate of the client, with passwords, WebSocket. */
export class Mosquitto {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'plutino-mosquitto-'))
  readonly ports: {
    readonly plain: number
    readonly tls: number
    readonly mutual: number
    readonly password: number
    readonly webSocket: number
  }
  readonly #binary: string
  #process: ChildProcess | undefined

  constructor(binary: string, ports: Mosquitto['ports']) {
    this.#binary = binary
    this.ports = ports
  }

  static async start(binary: string): Promise<Mosquitto> {
    const [plain = 0, tls = 0, mutual = 0, password = 0, webSocket = 0] = await freePorts(5)
    const broker = new Mosquitto(binary, { plain, tls, mutual, password, webSocket })
    broker.#configure()
    await broker.run()
    return broker
  }

  get ca(): Buffer {
    return readFileSync(this.file('cert.pem'))
  }

  file(name: string): string {
    return path.join(this.folder, name)
  }

  /** Starts it, again after `kill`. */
  async run(): Promise<void> {
    this.#process = spawn(this.#binary, ['-c', this.file('conf')], { stdio: 'ignore' })
    while (!(await answers(this.ports.plain))) {
      if (this.#process.exitCode !== null) throw new Error(`mosquitto ended with ${this.#process.exitCode}`)
    }
  }

  /** Has it write what it holds to its disk (`SIGUSR1`, mosquitto(8)); resolves when the file that it renames into place is there. */
  async save(): Promise<void> {
    const saved = (): number => statSync(this.file('mosquitto.db'), { throwIfNoEntry: false })?.ino ?? 0
    const before = saved()
    this.signal('SIGUSR1')
    await until('saved', () => saved() !== before)
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal)
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => {
      child.once('exit', resolve)
    })
    child.kill(signal)
    await gone
  }

  async close(): Promise<void> {
    await this.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  #configure(): void {
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', this.file('key.pem')]
    execFileSync('openssl', ['req', '-x509', ...key, '-out', this.file('cert.pem'), '-days', '2', ...names], { stdio: 'ignore' })
    chmodSync(this.folder, 0o777)
    chmodSync(this.file('key.pem'), 0o644)
    // plain text is hashed by the tool that comes with the broker
    writeFileSync(this.file('passwords'), 'ada:lovelace\n', { mode: 0o644 })
    execFileSync(path.join(path.dirname(this.#binary), '../bin/mosquitto_passwd'), ['-U', this.file('passwords')], { stdio: 'ignore' })
    chmodSync(this.file('passwords'), 0o644)
    writeFileSync(this.file('acl'), 'user ada\ntopic readwrite open/#\n', { mode: 0o644 })
    const { plain, tls, mutual, password, webSocket } = this.ports
    const listener = (port: number, ...settings: readonly string[]): string => [`listener ${port} 127.0.0.1`, ...settings].join('\n')
    const certificates = [`certfile ${this.file('cert.pem')}`, `keyfile ${this.file('key.pem')}`, 'allow_anonymous true']
    const lines = [
      'persistence true',
      `persistence_location ${this.folder}/`,
      'autosave_interval 0',
      'max_inflight_messages 0',
      'max_queued_messages 0',
      'per_listener_settings true',
      listener(plain, 'allow_anonymous true'),
      listener(tls, ...certificates),
      listener(mutual, ...certificates, `cafile ${this.file('cert.pem')}`, 'require_certificate true'),
      listener(password, `password_file ${this.file('passwords')}`, `acl_file ${this.file('acl')}`),
      listener(webSocket, 'protocol websockets', 'allow_anonymous true'),
    ]
    writeFileSync(this.file('conf'), `${lines.join('\n')}\n`)
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = net.createServer()
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve)
      })
      return server
    }),
  )
  return Promise.all(
    servers.map(async (server) => {
      const { port } = server.address() as net.AddressInfo
      await new Promise((resolve) => {
        server.close(resolve)
      })
      return port
    }),
  )
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => {
      setTimeout(() => resolve(false), 20)
    })
  })
}
