import type { TestContext } from './context.ts'
import { FakeClock, settle } from './fake-clock.ts'

export interface PassingTime {
  readonly ctx: TestContext<FakeClock>
  readonly stop: () => void
}

/** Lets time pass, which a guest that sleeps needs. */
export function passTime(ctx: TestContext<FakeClock>): PassingTime {
  const state = { running: true }
  void (async () => {
    while (state.running) {
      await settle()
      await ctx.clock.advance(100)
    }
  })()
  return {
    ctx,
    stop: () => {
      state.running = false
    },
  }
}

/** Moves on by itself whenever somebody sleeps for a moment, and only then: for guests that sleep between calls of a real server. */
export class SleepersClock extends FakeClock {
  /** Longer waits are limits, which nobody should reach. */
  readonly #longest: number
  #moving: Promise<void> = Promise.resolve()

  constructor(longest = 1000) {
    super()
    this.#longest = longest
  }

  override after(ms: number, callback: () => void): () => void {
    const cancel = super.after(ms, callback)
    if (ms <= this.#longest) this.#moving = this.#moving.then(() => this.advance(ms))
    return cancel
  }
}
