import { parentPort, workerData } from 'node:worker_threads'
import { GuestTrap } from '../abi/trap.ts'
import { clockFunctions } from '../imports/clock.ts'
import { logFunctions } from '../imports/log.ts'
import { directRandom, randomFunctions } from '../imports/random.ts'
import { GuestState } from '../imports/state.ts'
import { Contract } from '../wit/contract.ts'
import { Heartbeat, IDLE, IN_GUEST, WAITING_FOR_HOST } from './heartbeat.ts'
import type { Component, ComponentHost } from './component.ts'
import type { GuestCode } from './code.ts'
import { GuestInstance } from './instance.ts'
import { TranslatedInstance } from '../translated/instance.ts'
import type { FromGuest, GuestStart, ToGuest } from './messages.ts'

/** How Go begins what it says about a panic; lines about where it was follow. */
const PANIC = /^(?:panic|fatal error|runtime error): /

/** The thread of one plugin in one rule. */
class GuestThread {
  readonly #start: GuestStart
  readonly #contract: Contract
  readonly #heartbeat: Heartbeat
  readonly #state: GuestState
  readonly #waiting = new Map<number, (bytes: Uint8Array) => void>()
  #code: GuestCode | undefined
  #instance: Component | undefined
  #nextRequest = 0
  #lastError: string | undefined
  #now = { at: 0, measured: 0 }

  constructor(start: GuestStart) {
    this.#start = start
    this.#contract = new Contract('', start.wit)
    this.#heartbeat = new Heartbeat(start.heartbeat)
    this.#state = new GuestState(start.state, this.#names('types', 'value').indexOf('int'), start.stateBytes)
  }

  receive(message: ToGuest): void {
    if (message.kind === 'call') void this.#run(message)
    else if (message.kind === 'state') this.#state.replace(message.state)
    else if (message.kind === 'code') this.#code = message.code
    else this.#resume(message)
  }

  async #run(message: Extract<ToGuest, { kind: 'call' }>): Promise<void> {
    this.#heartbeat.phase = IN_GUEST
    this.#lastError = undefined
    this.#now = { at: message.now, measured: performance.now() }
    try {
      this.#instance ??= await this.#instantiate()
      const done = this.#instance.call(message.interface, message.function, message.args)
      const bytes = (done instanceof Promise ? await done : done).slice()
      this.#heartbeat.memoryBytes = this.#instance.memoryBytes
      this.#send({ kind: 'result', bytes, state: this.#state.takeChanges() }, [bytes.buffer])
    } catch (error) {
      const logged = this.#lastError === undefined ? {} : { logged: this.#lastError }
      this.#send({ kind: 'failed', reason: this.#describe(error), ...logged })
    }
    this.#heartbeat.phase = IDLE
  }

  /** Time has gone on while the guest waited, in tests perhaps at another pace. */
  #resume({ id, bytes, now }: Extract<ToGuest, { kind: 'answer' }>): void {
    this.#now = { at: now, measured: performance.now() }
    this.#waiting.get(id)?.(bytes)
  }

  async #instantiate(): Promise<Component> {
    const log = logFunctions(this.#names('log', 'level'), (level, text) => this.#log(level, text))
    const now = (): number => this.#now.at + performance.now() - this.#now.measured
    const host: ComponentHost = {
      direct: new Map([...clockFunctions(now), ...directRandom()]),
      functions: new Map([...log, ...randomFunctions(), ...this.#state.functions]),
      wait: (interfaceName, name, args) => this.#wait(interfaceName, name, args),
      drop: (interfaceName, rep) => this.#send({ kind: 'drop', interface: interfaceName, rep }),
    }
    const code = this.#code
    const { payloadBytes } = this.#start
    if (code === undefined) throw new GuestTrap('it was called before its code was there')
    if (code.kind === 'own') return new GuestInstance(code.module, this.#contract, host, payloadBytes)
    return TranslatedInstance.start(code, this.#contract, host, payloadBytes)
  }

  #wait(interfaceName: string, name: string, args: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const id = this.#nextRequest++
    this.#heartbeat.phase = WAITING_FOR_HOST
    return new Promise((resolve) => {
      this.#waiting.set(id, (bytes) => {
        this.#waiting.delete(id)
        this.#heartbeat.phase = IN_GUEST
        resolve(bytes)
      })
      this.#send({ kind: 'request', id, interface: interfaceName, name, args }, [args.buffer])
    })
  }

  #log(level: string, textOf: () => string): void {
    const allowed = this.#heartbeat.takeLogLine()
    if (!allowed && level !== 'error') return
    const text = textOf()
    if (level === 'error' && !PANIC.test(this.#lastError ?? '')) this.#lastError = text
    if (allowed) this.#send({ kind: 'log', level, text })
  }

  #names(interfaceName: string, typeName: string): readonly string[] {
    const type = this.#contract.interface(interfaceName).types.get(typeName)
    if (type?.kind === 'enum') return type.names
    return type?.kind === 'variant' ? type.cases.map((one) => one.name) : []
  }

  #send(message: FromGuest, transfer: ArrayBuffer[] = []): void {
    parentPort?.postMessage(message, transfer)
  }

  #describe(error: unknown): string {
    if (error instanceof GuestTrap) return error.message
    const text = error instanceof Error ? error.message : 'the guest threw an exception that it does not catch'
    if (error instanceof RangeError && text.includes('call stack')) return 'it ran out of stack, as endless recursion does'
    const [used, limit] = [this.#instance?.memoryBytes ?? 0, this.#start.memoryBytes]
    const memory = used * 2 < limit ? '' : `; its memory has grown to ${megabytes(used)} MiB of ${megabytes(limit)} MiB`
    return `${error instanceof WebAssembly.RuntimeError ? 'it trapped' : 'it failed'}: ${text}${memory}`
  }
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 104_857.6) / 10
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only starter of this file gives a GuestStart
const thread = new GuestThread(workerData as GuestStart)
parentPort?.on('message', (message: ToGuest) => thread.receive(message))
