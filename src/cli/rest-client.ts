import { request } from 'node:http'
import { PlutinoError } from '../base/errors.ts'

export interface Answer {
  readonly status: number
  readonly text: string
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** Sent as JSON, bytes as a zip. */
  readonly body?: unknown
  /** Text that is JSON already, sent as it is: large integers in it keep their digits. */
  readonly json?: string
}

/** The REST interface of one server. */
export class RestClient {
  readonly #host: string
  readonly #port: number

  constructor(host: string, port: number) {
    this.#host = host
    this.#port = port
  }

  /** Throws `unavailable` when nobody answers; an answer that says no is an answer. */
  send({ method, path, body, json }: Call): Promise<Answer> {
    const text = json ?? (body === undefined ? undefined : JSON.stringify(body))
    const bytes = body instanceof Uint8Array ? body : text === undefined ? undefined : Buffer.from(text)
    const type = body instanceof Uint8Array ? 'application/zip' : 'application/json'
    return new Promise((resolve, reject) => {
      const headers = bytes === undefined ? {} : { 'content-type': type, 'content-length': bytes.length }
      const call = request({ host: this.#host, port: this.#port, method, path, headers }, (response) => {
        let answer = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (answer += part))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: answer }))
      })
      call.on('error', (error) => reject(this.#unreachable(error)))
      call.end(bytes)
    })
  }

  #unreachable(error: Error): PlutinoError {
    return new PlutinoError('unavailable', `no answer from http://${this.#host}:${this.#port}: ${error.message}`, {
      cause: error,
      hint: 'start the server with "plutino server", or name another one with --host and --port',
    })
  }
}
