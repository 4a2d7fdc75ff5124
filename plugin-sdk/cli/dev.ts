import { type FSWatcher, watch } from 'node:fs'
import path from 'node:path'
import { PlutinoError } from '../../src/base/errors.ts'
import { BuildError } from '../assemblyscript/build/project.ts'
import { build, seconds, titleOf } from './build.ts'
import type { ExitCode, Given, Surroundings } from './command.ts'
import { withProgress } from './progress.ts'
import { PluginServer } from './server.ts'

/** Editors write a file in several steps. */
const SETTLE_MS = 100
/** Not sources: what builds write, and what tools keep. */
const IGNORED = /^(?:target|node_modules|prebuilt|\.[^/\\]*)(?:[/\\]|$)|^Cargo\.lock$|^go\.sum$|~$/

/** `plutino plugin dev`. */
export async function devCommand(given: Given, around: Surroundings): Promise<ExitCode> {
  const server = PluginServer.of(given)
  const folder = given.args[0] ?? '.'
  const changes = new Changes(folder, around)
  try {
    await changes.open()
    for (;;) {
      await swap(folder, server, around)
      const changed = await changes.next()
      if (changed === undefined) return 0
      around.terminal.out(`${changed} changed`)
    }
  } finally {
    changes.close()
  }
}

/** A mistake is shown, and the next change gets its chance. */
async function swap(folder: string, server: PluginServer, around: Surroundings): Promise<void> {
  const { terminal, clock } = around
  const started = clock.now()
  try {
    const packed = await build(folder, around)
    const built = seconds(around, started)
    const installing = clock.now()
    const answer = await withProgress(`installing ${packed.name} in ${server.url}`, around, server.install(packed.zip, packed.name))
    terminal.out(`${titleOf(packed)} built in ${built}, installed in ${seconds(around, installing)}: ${answer}`)
  } catch (error) {
    if (!(error instanceof BuildError) && !(error instanceof PlutinoError)) throw error
    terminal.err(`error: ${error.message}`)
    if (error instanceof PlutinoError && error.hint !== undefined) terminal.err(`hint: ${error.hint}`)
  }
}

/** The files of a plugin that change, one after the other; those that change during a build count for the next. */
class Changes {
  readonly #folder: string
  readonly #around: Surroundings
  #watcher: FSWatcher | undefined
  #changed: string | undefined
  #wake: (() => void) | undefined
  #cancel: (() => void) | undefined

  constructor(folder: string, around: Surroundings) {
    this.#folder = folder
    this.#around = around
  }

  /** Throws `config_invalid` when the folder cannot be watched. */
  async open(): Promise<void> {
    try {
      this.#watcher = watch(this.#folder, { recursive: true }, (_, name) => this.#note(name ?? ''))
      await Promise.resolve()
    } catch (error) {
      throw new PlutinoError(
        'config_invalid',
        `${this.#folder} cannot be watched: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      )
    }
    this.#around.signal.addEventListener('abort', () => this.#wake?.(), { once: true })
  }

  /** Undefined: the person wants the end. */
  async next(): Promise<string | undefined> {
    const { signal } = this.#around
    if (this.#changed === undefined && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const changed = this.#changed
    this.#changed = undefined
    return signal.aborted ? undefined : changed
  }

  close(): void {
    this.#watcher?.close()
    this.#cancel?.()
  }

  #note(name: string): void {
    const file = name.split(path.sep).join('/')
    if (IGNORED.test(file)) return
    this.#cancel?.()
    this.#cancel = this.#around.clock.after(SETTLE_MS, () => {
      this.#changed = file
      this.#wake?.()
    })
  }
}
