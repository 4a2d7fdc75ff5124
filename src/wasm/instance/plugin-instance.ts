import type { Worker } from 'node:worker_threads'
import type { Clock } from '../../base/clock.ts'
import { monotonicMicros } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { GuestCode } from '../guest/code.ts'
import { Heartbeat } from '../guest/heartbeat.ts'
import type { HostImport } from '../imports/host-import.ts'
import type { CallList, FromGuest, GuestFailure, GuestStart, ToGuest } from '../guest/messages.ts'
import { startThread } from '../thread.ts'
import { guestText } from '../values/guest-text.ts'
import { type CallsDone, nameOf, noneDone, oneCall } from './call-list.ts'
import { GuestLog } from './guest-log.ts'
import type { Logger } from '../../base/log.ts'
import type { PluginLimits } from './limits.ts'
import { RequestRate } from './request-rate.ts'
import type { WitPackage } from '../wit/model.ts'
import type { UseMetrics } from '../swap/use-metrics.ts'
import type { SavedState } from './saved-state.ts'
import { Watchdog } from './watchdog.ts'

const WORKER = new URL('../guest/worker', import.meta.url)
/** JavaScript memory of a plugin's thread; the guest's own memory is not in it. */
const HEAP_MIB = 128
const NOWHERE: PluginPlace = { rule: '', node: '' }
const UNHEARD = /\.(close|drop)$/
const LAST_CALLS: ReadonlySet<string> = new Set(['close', 'snapshot'])

/** One use of a plugin. */
export interface PluginPlace {
  readonly rule: string
  readonly node: string
}

export interface PluginInstanceParts {
  /** For messages. */
  readonly plugin: string
  /** Where it is at work; absent: nowhere, it is only asked what it is. */
  readonly place?: PluginPlace
  /** Its thread starts meanwhile, and calls wait for it. */
  readonly code: GuestCode | Promise<GuestCode>
  readonly wit: WitPackage
  readonly limits: PluginLimits
  readonly clock: Clock
  readonly log: Logger
  readonly state: SavedState
  /** What the guest may wait for. */
  readonly imports: readonly HostImport[]
  readonly metrics?: UseMetrics
}

interface Current {
  readonly list: CallList
  /** Calls of the guest before it. */
  readonly before: number
  /** Microseconds. */
  readonly begin: number
  readonly resolve: (done: CallsDone) => void
}

/**
 * One instance of a plugin in a thread of its own. Calls are queued. A call that traps, breaks a limit or fails in the host rejects with
 * `plugin_failed`, and so does every later one: whoever owns the instance then makes a new one.
 */
export class PluginInstance {
  readonly #parts: PluginInstanceParts
  readonly #worker: Worker
  readonly #heartbeat = new Heartbeat()
  readonly #watchdog: Watchdog
  readonly #log: GuestLog
  readonly #requests: RequestRate
  #tail: Promise<unknown> = Promise.resolve()
  #current: Current | undefined
  #failure: PlutinoError | undefined

  constructor(parts: PluginInstanceParts) {
    const { code, wit, limits, clock, log, state } = parts
    this.#parts = parts
    this.#log = new GuestLog(log, clock, this.#heartbeat, limits.logLines)
    this.#requests = new RequestRate(clock, limits.hostCalls)
    this.#watchdog = new Watchdog(clock, limits.callMs, this.#heartbeat, (ms, waiting) =>
      this.#fail(waiting ? `waited for longer than ${ms} ms in one call` : `did not return within ${ms} ms`),
    )
    const start: GuestStart = {
      wit,
      heartbeat: this.#heartbeat.memory,
      state: state.entries(),
      payloadBytes: limits.payloadBytes,
      memoryBytes: limits.memoryBytes,
      stateBytes: limits.stateBytes,
    }
    this.#worker = startThread(WORKER, {
      workerData: start,
      name: `plugin ${parts.plugin}`,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    })
    parts.metrics?.started(() => (this.alive ? this.#heartbeat.memoryBytes : 0))
    this.#worker.on('message', (message: FromGuest) => this.#receive(message))
    this.#worker.on('error', (error) => this.#fail(`ended its thread: ${error instanceof Error ? error.message : String(error)}`))
    this.#worker.on('exit', () => this.#fail('ended its thread'))
    if (code instanceof Promise) this.#tail = this.#load(code)
    else this.#worker.postMessage({ kind: 'code', code } satisfies ToGuest, [])
  }

  /** Name of the plugin. */
  get plugin(): string {
    return this.#parts.plugin
  }

  get place(): PluginPlace {
    return this.#parts.place ?? NOWHERE
  }

  /** False after a failure and after `close`. */
  get alive(): boolean {
    return this.#failure === undefined
  }

  /** Why it ended. */
  get failure(): PlutinoError | undefined {
    return this.#failure
  }

  /** Calls an exported function; arguments and result are in wire form. */
  async call(interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const { bytes, failure } = await this.callAll(oneCall(interfaceName, functionName, args))
    if (failure !== undefined) throw failure
    return bytes
  }

  /** Calls exported functions one after another, with one message there and one back. Never rejects. */
  callAll(list: CallList): Promise<CallsDone> {
    const run = (): Promise<CallsDone> => this.#run(list)
    const done = this.#tail.then(run, run)
    this.#tail = done.catch(() => {})
    return done
  }

  /** The state of the node as it is now, when another instance has had it meanwhile. Between two calls. */
  takeState(): void {
    const { state } = this.#parts
    state.refresh()
    this.#send({ kind: 'state', state: state.entries() })
  }

  /** Resolves when no call is under way or waits. */
  async idle(): Promise<void> {
    await this.#tail
  }

  /** What it gave cannot be: it is not called again, as after a trap. */
  condemn(reason: PlutinoError): void {
    if (!this.alive) return
    if (this.#parts.metrics !== undefined) this.#parts.metrics.traps++
    this.#end(reason)
    void this.#worker.terminate()
    void this.#closeImports()
  }

  /** Ends the thread and gives connections back. Safe to call twice. */
  async close(): Promise<void> {
    this.#end(new PlutinoError('plugin_failed', `plugin ${this.#parts.plugin} was closed`))
    await Promise.all([this.#worker.terminate(), this.#closeImports()])
  }

  async #load(code: Promise<GuestCode>): Promise<void> {
    try {
      this.#worker.postMessage({ kind: 'code', code: await code } satisfies ToGuest, [])
    } catch (error) {
      this.#fail(`cannot be started: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  #run(list: CallList): Promise<CallsDone> {
    if (this.#failure !== undefined) return Promise.resolve(noneDone(this.#failure))
    const { limits, clock } = this.#parts
    if (list.args.length > limits.payloadBytes) {
      const message = `the batch is larger than the ${limits.payloadBytes} bytes that a plugin may get at once`
      return Promise.resolve(noneDone(new PlutinoError('rejected', message)))
    }
    return new Promise((resolve) => {
      this.#current = { list, before: this.#heartbeat.calls, begin: monotonicMicros(), resolve }
      this.#watchdog.start(this.#mayWait(list.functions))
      this.#send({ kind: 'calls', list, now: clock.now() }, list.args)
    })
  }

  /** What ends a use of the plugin must not wait for long: the stop of the rule, and of the server, wait for it. */
  #mayWait(functions: readonly string[]): number {
    const { callMs, waitTotalMs } = this.#parts.limits
    return functions.some((one) => LAST_CALLS.has(one)) ? Math.min(callMs, waitTotalMs) : waitTotalMs
  }

  #receive(message: FromGuest): void {
    // what was on its way when the instance ended
    if (!this.alive) return
    switch (message.kind) {
      case 'results': {
        const { bytes, ends, state, failure } = message
        this.#parts.state.save(state)
        if (failure === undefined) this.#finish(ends.length)?.resolve({ bytes, ends })
        else this.#fail(`failed: ${reasonOf(failure)}`, { bytes, ends })
        return
      }
      case 'request':
        void this.#answer(message)
        return
      case 'drop':
        void this.#import(message.interface)
          ?.drop(message.rep)
          .catch((error: unknown) => this.#parts.log.warn('a connection could not be closed', { error: String(error) }))
        return
      case 'log':
        this.#log.write(message.level, message.text)
    }
  }

  async #answer(request: Extract<FromGuest, { kind: 'request' }>): Promise<void> {
    const { id, name, args } = request
    const found = this.#import(request.interface)
    if (found === undefined) {
      this.#fail(`needs ${request.interface}.${name}, which this server does not offer`)
      return
    }
    this.#watchdog.pause()
    try {
      const turn = this.#requests.take()
      if (turn !== undefined) await turn
      const bytes = await found.call(name, args)
      if (!this.alive) return
      this.#watchdog.resume()
      this.#send({ kind: 'answer', id, bytes, now: this.#parts.clock.now() }, bytes)
    } catch (error) {
      this.#fail(`called ${request.interface}.${name}, which failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  #import(name: string): HostImport | undefined {
    return this.#parts.imports.find((one) => one.name === name)
  }

  async #closeImports(): Promise<void> {
    await Promise.all(this.#parts.imports.map((one) => one.close()))
  }

  #send(message: ToGuest, bytes?: Uint8Array<ArrayBuffer>): void {
    this.#worker.postMessage(message, bytes === undefined ? [] : [bytes.buffer])
  }

  #finish(calls: number): Current | undefined {
    const current = this.#current
    const { metrics } = this.#parts
    if (current !== undefined && metrics !== undefined) {
      metrics.calls += calls
      metrics.micros += monotonicMicros() - current.begin
    }
    this.#current = undefined
    this.#watchdog.stop()
    return current
  }

  /** `done`: what the calls gave before the one that failed, where that is known. */
  #fail(what: string, done?: CallsDone): void {
    if (!this.alive) return
    const { plugin, limits } = this.#parts
    const where = this.#where(done?.ends.length)
    if (this.#parts.metrics !== undefined) this.#parts.metrics.traps++
    // whoever makes a last call does not look at what it gives
    if (UNHEARD.test(where)) this.#parts.log.warn(`plugin ${plugin}${where} ${what}`)
    const reason = new PlutinoError('plugin_failed', `plugin ${plugin}${where} ${what}`, {
      hint: `a new instance is started at the next connect; limits: ${limits.callMs} ms a call, ${limits.memoryBytes / 1_048_576} MiB`,
    })
    this.#end(reason, done)
    void this.#worker.terminate()
    void this.#closeImports()
  }

  /** `done`: calls that have returned. */
  #where(done?: number): string {
    if (this.#current === undefined) return ''
    const { list, before } = this.#current
    return ` in ${nameOf(list, done ?? Math.max(0, this.#heartbeat.calls - before - 1))}`
  }

  #end(reason: PlutinoError, done?: CallsDone): void {
    this.#failure ??= reason
    const failure = this.#failure
    const unknown = done === undefined && (this.#current?.list.calls.length ?? 0) > 1
    this.#finish((done?.ends.length ?? 0) + 1)?.resolve({ ...(done ?? noneDone(failure)), failure, unknown })
    this.#log.close()
  }
}

function reasonOf({ logged, reason }: GuestFailure): string {
  return logged === undefined ? guestText(reason) : `${guestText(logged)} (${guestText(reason)})`
}
