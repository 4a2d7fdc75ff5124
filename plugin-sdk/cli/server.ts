import { PlutinoError } from '../../src/base/errors.ts'
import { isJsonObject } from '../../src/config/json-object.ts'
import { type Given, textOption } from './command.ts'

const KINDS = ['sources', 'sinks', 'functions'] as const

/** The REST interface of a server, for those who write plugins. */
export class PluginServer {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** Of the option `--server`. Throws `config_invalid`. */
  static of(given: Given): PluginServer {
    const text = textOption(given, 'server') ?? 'http://127.0.0.1:9081'
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || !['http:', 'https:'].includes(url.protocol))
      throw new PlutinoError('config_invalid', `--server: expected a URL such as http://127.0.0.1:9081, got "${text}"`)
    return new PluginServer(url.href.replace(/\/$/, ''))
  }

  /** Installs a zip, or replaces the plugin of that name. Answers with what the server says. Throws what it says no with. */
  async install(zip: Uint8Array, name: string): Promise<string> {
    const kind = await this.#kindOf(name)
    return kind === undefined ? this.#send('POST', '/plugins', zip) : this.#send('PUT', `/plugins/${kind}/${encodeURIComponent(name)}`, zip)
  }

  async #kindOf(name: string): Promise<string | undefined> {
    for (const kind of KINDS) {
      const names: unknown = JSON.parse(await this.#send('GET', `/plugins/${kind}`))
      if (Array.isArray(names) && names.some((one) => String(one).toLowerCase() === name.toLowerCase())) return kind
    }
    return undefined
  }

  async #send(method: string, path: string, zip?: Uint8Array): Promise<string> {
    const body = zip === undefined ? {} : { body: Uint8Array.from(zip), headers: { 'content-type': 'application/zip' } }
    const answer = await fetch(`${this.url}${path}`, { method, ...body }).catch((error: unknown) => {
      throw this.#unreachable(error)
    })
    const text = await answer.text()
    if (answer.ok) return text
    throw refusal(text, answer.status)
  }

  #unreachable(error: unknown): PlutinoError {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = cause instanceof Error ? cause.message || cause.name : String(cause)
    return new PlutinoError('unavailable', `no answer from ${this.url}: ${why}`, {
      cause: error,
      hint: 'start the server with "plutino server", or name another one with --server',
    })
  }
}

function refusal(text: string, status: number): PlutinoError {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    // not a Plutino
  }
  const { message, hint } = isJsonObject(said) ? said : {}
  const told = typeof message === 'string' ? message : `the server answered ${status}: ${text.slice(0, 200)}`
  return new PlutinoError('rejected', told, typeof hint === 'string' ? { hint } : {})
}
