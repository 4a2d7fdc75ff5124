import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Load } from './load.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** What `npm start` runs, without the name of node. */
function startArguments(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').slice(1)
}

/** A process that sends `{ready: port}` and then obeys commands. */
export class LoadProcess {
  readonly #child: ChildProcess
  readonly port: number

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(...args: readonly string[]): Promise<LoadProcess> {
    const child = fork(join(ROOT, 'test/bench/load/load.ts'), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const { ready } = await messageWith<{ ready: number }>(child, 'ready')
    return new LoadProcess(child, ready)
  }

  /** Resolves when the server under test has subscribed (broker mode). */
  async subscribed(): Promise<void> {
    await messageWith(this.#child, 'subscribed')
  }

  /** Sends `count` messages and waits until everything that must come out has come. Answers with the seconds that took. */
  async run(load: Load): Promise<number> {
    const begin = performance.now()
    const done = messageWith(this.#child, 'done')
    this.#child.send({ load })
    await done
    return (performance.now() - begin) / 1000
  }

  stop(): void {
    this.#child.disconnect()
  }
}

function messageWith<T>(child: ChildProcess, key: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no "${key}" within 120 s`)), 120_000)
    const listen = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || !(key in message)) return
      clearTimeout(timer)
      child.off('message', listen)
      resolve(message as T)
    }
    child.on('message', listen)
  })
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** The server under test, as a user starts it, with an empty data folder. It writes a profile into the folder BENCH_PROFILE, when there is one. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly port: number
  /** Milliseconds from the start of the process to the first answer. */
  readonly startMs: number

  private constructor(child: ChildProcess, folder: string, at: { port: number; startMs: number }) {
    this.#child = child
    this.#folder = folder
    this.port = at.port
    this.startMs = at.startMs
  }

  static start(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    return ServerProcess.#startOn(mkdtempSync(join(tmpdir(), 'plutino-bench-')), env)
  }

  static async #startOn(folder: string, env: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const port = await freePort()
    const profile = process.env['BENCH_PROFILE']
    const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
    const args = [...profiling, ...startArguments(), '--no-demo', '--broker', 'off', '--port', String(port), '--data', folder]
    const begin = performance.now()
    const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/ping`).catch(() => undefined)
      if (answer?.ok === true) break
      if (performance.now() - begin > 20_000) child.kill('SIGKILL')
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the server does not answer, or ended with ${child.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return new ServerProcess(child, folder, { port, startMs: performance.now() - begin })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get dataFolder(): string {
    return this.#folder
  }

  async request(method: string, path: string, body?: unknown): Promise<string> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, init)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`)
    return text
  }

  /** Ends it and starts another with what it has stored. */
  async restart(): Promise<ServerProcess> {
    await this.#end()
    return ServerProcess.#startOn(this.#folder, {})
  }

  async #end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    await ended
  }

  async stop(): Promise<void> {
    await this.#end()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** A rival: a script of ours, run by the same Node. */
export function startRival(script: string, ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(ROOT, 'test/bench/rivals', script), ...args], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
}
