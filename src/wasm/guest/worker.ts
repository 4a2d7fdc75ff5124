import { parentPort, workerData } from 'node:worker_threads'
import { GuestTrap } from '../abi/trap.ts'
import { WireWriter } from '../abi/wire.ts'
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
import type { CallList, FromGuest, GuestFailure, GuestStart, StateEntry, ToGuest } from './messages.ts'

/** How Go begins what it says about a panic; lines about where it was follow. */
const PANIC = /^(?:panic|fatal error|runtime error): /

/** What calls gave so far, apart from their results. */
interface Given {
  readonly ends: number[]
  readonly state: StateEntry[]
}

/** The thread of one plugin in one rule. */
class GuestThread {
  readonly #start: GuestStart
  readonly #contract: Contract
  readonly #heartbeat: Heartbeat
  readonly #state: GuestState
  readonly #waiting = new Map<number, (bytes: Uint8Array) => void>()
  #code: GuestCode | undefined
  #instance: Component | undefined
  readonly #results = new WireWriter()
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
    if (message.kind === 'calls') void this.#run(message)
    else if (message.kind === 'state') this.#state.replace(message.state)
    else if (message.kind === 'code') this.#code = message.code
    else this.#resume(message)
  }

  async #run({ list, now }: Extract<ToGuest, { kind: 'calls' }>): Promise<void> {
    this.#heartbeat.phase = IN_GUEST
    this.#now = { at: now, measured: performance.now() }
    const given: Given = { ends: [], state: [] }
    try {
      this.#instance ??= await this.#instantiate()
      await this.#callAll(this.#instance, list, given)
      this.#answer(given)
    } catch (error) {
      const logged = this.#lastError === undefined ? {} : { logged: this.#lastError }
      this.#answer(given, { reason: this.#describe(error), ...logged })
    }
    this.#heartbeat.phase = IDLE
  }

  /** Ends early when there is more to answer than one call may give. */
  async #callAll(instance: Component, { interface: name, functions, calls, ends, args, strict }: CallList, given: Given): Promise<void> {
    let from = 0
    for (let i = 0; i < calls.length; i++) {
      const called = functions[calls[i] ?? 0] ?? ''
      const to = ends[i] ?? 0
      this.#lastError = undefined
      this.#heartbeat.countCall()
      const done = instance.call(name, called, calls.length === 1 ? args : args.subarray(from, to))
      from = to
      const bytes = done instanceof Promise ? await done : done
      this.#heartbeat.memoryBytes = instance.memoryBytes
      this.#results.raw(bytes)
      given.ends.push(this.#results.at)
      for (const change of this.#state.takeChanges()) given.state.push(change)
      if (this.#results.at >= this.#start.payloadBytes || (strict.includes(called) && !isEmpty(bytes))) return
    }
  }

  #answer({ ends: given, state }: Given, failure?: GuestFailure): void {
    const bytes = this.#results.take()
    const ends = Uint32Array.from(given)
    this.#send({ kind: 'results', bytes, ends, state, ...(failure === undefined ? {} : { failure }) }, [bytes.buffer])
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

/** `ok` of an empty list. */
function isEmpty(result: Uint8Array): boolean {
  for (let i = 0; i < result.length; i++) if (result[i] !== 0) return false
  return true
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 104_857.6) / 10
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only starter of this file gives a GuestStart
const thread = new GuestThread(workerData as GuestStart)
parentPort?.on('message', (message: ToGuest) => thread.receive(message))
