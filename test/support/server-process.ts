import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { until } from './until.ts'

export const ROOT = path.join(import.meta.dirname, '../..')

/** What the command printed and how it ended. */
export interface Ended {
  /** Exit code; the signal when one ended it. */
  readonly code: number | NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

export interface ServerOptions {
  /** Used as it is and left behind; absent: a new one, which `stop` removes. */
  readonly folder?: string
  /** A broker inside, on a free port; `settings`: the environment says which. */
  readonly broker?: boolean | 'settings'
  readonly demo?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** More flags. */
  readonly args?: readonly string[]
  /** A program, with its arguments, that becomes the command which follows them: `exec "$@"` of a shell, for one. */
  readonly within?: readonly string[]
}

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

/** The body of an error. */
export interface Refusal {
  readonly error: number
  readonly message: string
  readonly code: string
  readonly hint?: string
  readonly pointer?: string
  readonly position?: { readonly line: number; readonly column: number }
}

export type Body = string | Uint8Array<ArrayBuffer> | object

/** The server as users start it: a process of its own, on free ports of this machine. */
export class ServerProcess {
  readonly port: number
  /** 0: without a broker. */
  readonly brokerPort: number
  readonly folder: string
  readonly #running: Running
  readonly #ownFolder: boolean

  private constructor(running: Running, ports: readonly [number, number], folder: readonly [name: string, own: boolean]) {
    this.#running = running
    ;[this.port, this.brokerPort] = ports
    ;[this.folder, this.#ownFolder] = folder
  }

  /** Resolves when it answers. Another process may take a port that has just been free: then others are tried. */
  static async start(options: ServerOptions = {}): Promise<ServerProcess> {
    for (let tries = 0; ; tries++) {
      try {
        return await ServerProcess.#startOnce(options)
      } catch (error) {
        if (tries === 2 || !(error instanceof Error && /port \d+( of \S+)? is taken/.test(error.message))) throw error
      }
    }
  }

  static async #startOnce(options: ServerOptions): Promise<ServerProcess> {
    const [port = 0, broker = 0] = await freePorts(2)
    const folder = options.folder ?? temporaryFolder()
    const brokerArgs = options.broker === 'settings' ? [] : ['--broker', options.broker === true ? String(broker) : 'off']
    const args = ['--port', String(port), '--data', folder, ...brokerArgs, ...(options.args ?? [])]
    const running = run(['server', ...args, options.demo === true ? '--demo' : '--no-demo'], options)
    const ports = [port, options.broker === true ? broker : 0] as const
    const server = new ServerProcess(running, ports, [folder, options.folder === undefined])
    try {
      await server.#answers()
    } catch (error) {
      await server.kill()
      throw error
    }
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get pid(): number {
    return this.#running.child.pid ?? 0
  }

  /** Everything that it has printed, a line each. */
  get lines(): readonly string[] {
    return `${this.#running.out}${this.#running.err}`.split('\n').filter((line) => line !== '')
  }

  /** Objects are sent as JSON, texts and bytes as they are. */
  async request(method: string, target: string, body?: Body, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const sent = body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
    const answer = await fetch(`${this.url}${target}`, { method, headers, ...(sent === undefined ? {} : { body: sent }) })
    return { status: answer.status, text: await answer.text(), headers: answer.headers }
  }

  /** A request that is refused. Throws when it is not. */
  async refusal(method: string, target: string, body?: Body): Promise<Refusal & { readonly status: number }> {
    const { status, text } = await this.request(method, target, body)
    if (status < 400) throw new Error(`${method} ${target} was accepted: ${text}`)
    return { status, ...(JSON.parse(text) as Refusal) }
  }

  /** A request that must succeed, and its answer. */
  async expect(method: string, target: string, body?: Body): Promise<string> {
    const { status, text } = await this.request(method, target, body)
    if (status >= 400) throw new Error(`${method} ${target}: ${status} ${text}`)
    return text
  }

  async status(rule: string): Promise<Readonly<Record<string, string | number>>> {
    return JSON.parse(await this.expect('GET', `/rules/${rule}/status`)) as Record<string, string | number>
  }

  /** Waits until all sources and sinks of the rule are connected. */
  async connected(rule: string): Promise<void> {
    await until(`connections of rule ${rule}`, async () => {
      const states = Object.entries(await this.status(rule)).filter(([key]) => key.endsWith('_connection_status'))
      return states.length > 0 && states.every(([, state]) => state === 1)
    })
  }

  /** Ends it in order, SIGKILL after ten seconds. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.#running.child.kill(signal)
    const timer = setTimeout(() => this.#running.child.kill('SIGKILL'), 10_000)
    const ended = await this.#running.ended
    clearTimeout(timer)
    if (this.#ownFolder) rmSync(this.folder, { recursive: true, force: true })
    return ended
  }

  async kill(): Promise<void> {
    await this.stop('SIGKILL')
  }

  async #answers(): Promise<void> {
    const { child } = this.#running
    await until(`an answer of the server:\n${this.lines.join('\n')}`, async () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${this.lines.join('\n')}`)
      return fetch(`${this.url}/ping`).then(
        ({ ok }) => ok,
        () => false,
      )
    })
  }
}

/** Runs the command `plutino` until it ends. */
export function plutino(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  within: readonly string[] = [],
): Promise<Ended> {
  return run(args, { env, within }).ended
}

interface Running {
  readonly child: ChildProcess
  readonly out: string
  readonly err: string
  readonly ended: Promise<Ended>
}

function run(args: readonly string[], { env, within = [] }: Pick<ServerOptions, 'env' | 'within'>): Running {
  const [program = process.execPath, ...rest] = [...within, process.execPath, path.join(ROOT, 'src/plutino.js'), ...args]
  return runProgram(program, rest, env)
}

/** Starts a program that does not outlive this process. Settings of whoever runs the tests do not count. */
export function runProgram(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(PLUTINO__|KUIPER__|MQTT_SOURCE__|NODE_OPTIONS$|FORCE_COLOR$)/.test(name),
  )
  const child = spawn(program, args, { cwd: ROOT, env: { ...Object.fromEntries(inherited), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      process.off('exit', kill)
      resolve({ code: signal ?? code, out: running.out, err: running.err })
    })
  })
  const running = { child, out: '', err: '', ended }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (running.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (running.err += text))
  return running
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'plutino-e2e-'))
}

/** Ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve)
      })
      return server
    }),
  )
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address()
      await new Promise((resolve) => {
        server.close(resolve)
      })
      return typeof address === 'object' && address !== null ? address.port : 0
    }),
  )
}
