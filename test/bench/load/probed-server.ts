import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { freePort, ServerProcess } from './process.ts'
import type { Probed } from './probe.ts'

/** What a server holds, as the system and as itself sees it. */
export interface Held extends Probed {
  readonly descriptors: number
  readonly threads: number
  /** In its data folder. */
  readonly files: number
}

/** A server that tells what it holds. */
export class ProbedServer {
  readonly server: ServerProcess
  readonly #probe: string

  private constructor(server: ServerProcess, probe: string) {
    this.server = server
    this.#probe = probe
  }

  static async start(): Promise<ProbedServer> {
    const port = await freePort()
    const file = pathToFileURL(join(import.meta.dirname, 'probe.ts')).href
    // not in the threads of plugins
    const code = `import{isMainThread}from"node:worker_threads";if(isMainThread)await import("${file}")`
    const options = `--import=data:text/javascript,${encodeURIComponent(code)}`
    return new ProbedServer(await ServerProcess.start({ NODE_OPTIONS: options, BENCH_PROBE: String(port) }), `http://127.0.0.1:${port}/`)
  }

  async held(): Promise<Held> {
    const probed: Probed = JSON.parse(await (await fetch(this.#probe)).text())
    const { pid, dataFolder } = this.server
    return {
      ...probed,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      threads: readdirSync(`/proc/${pid}/task`).length,
      files: readdirSync(dataFolder, { recursive: true }).length,
    }
  }

  /** Begins to measure anew. */
  async quiet(): Promise<void> {
    await this.held()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }

  /** A zip, sent as users send it. */
  async send(method: 'POST' | 'PUT', path: string, zip: Uint8Array<ArrayBuffer>): Promise<void> {
    const headers = { 'content-type': 'application/zip' }
    const answer = await fetch(`http://127.0.0.1:${this.server.port}${path}`, { method, body: zip, headers })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`)
  }

  stop(): Promise<void> {
    return this.server.stop()
  }
}
