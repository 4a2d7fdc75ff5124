import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'

/** A MariaDB of one test, which may be killed and started again on the same port with the same data. */
export class OwnMariadb {
  readonly port: number
  readonly #folder: string
  readonly #user: string
  #process: ChildProcess | undefined

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.port = port
    // The server refuses to run as root unless it is told so.
    this.#user = userInfo().username
  }

  get url(): string {
    return `test:test@tcp(127.0.0.1:${this.port})/user`
  }

  static async create(): Promise<OwnMariadb> {
    const folder = mkdtempSync(join(tmpdir(), 'plutino-mariadb-'))
    chmodSync(folder, 0o755)
    const server = new OwnMariadb(folder, await freePort())
    const install = [
      '--no-defaults',
      `--user=${server.#user}`,
      `--datadir=${join(folder, 'data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ]
    execFileSync('mariadb-install-db', install, { stdio: 'ignore' })
    await server.start()
    const admin = await mysql.createConnection({ socketPath: join(folder, 'socket'), user: 'root' })
    await admin.query('CREATE DATABASE user CHARACTER SET utf8mb4')
    await admin.query("CREATE USER test@'127.0.0.1' IDENTIFIED BY 'test', test@localhost IDENTIFIED BY 'test'")
    await admin.query("GRANT ALL ON *.* TO test@'127.0.0.1', test@localhost")
    await admin.end()
    return server
  }

  /** Resolves when the server answers. */
  async start(): Promise<void> {
    this.#process = spawn(
      'mariadbd',
      [
        '--no-defaults',
        `--user=${this.#user}`,
        `--datadir=${join(this.#folder, 'data')}`,
        `--socket=${join(this.#folder, 'socket')}`,
        `--pid-file=${join(this.#folder, 'pid')}`,
        '--bind-address=127.0.0.1',
        `--port=${this.port}`,
      ],
      { stdio: 'ignore' },
    )
    const deadline = performance.now() + 30_000
    for (;;) {
      try {
        const connection = await mysql.createConnection({ socketPath: join(this.#folder, 'socket'), user: 'root' })
        await connection.end()
        return
      } catch (error) {
        if (performance.now() > deadline) throw error
        await new Promise((resolve) => {
          setTimeout(resolve, 20)
        })
      }
    }
  }

  /** As a loss of power does: no goodbye to anybody. */
  async kill(): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    this.#process = undefined
    const ended = new Promise((resolve) => {
      child.once('exit', resolve)
    })
    child.kill('SIGKILL')
    await ended
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => {
    server.close(resolve)
  })
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
