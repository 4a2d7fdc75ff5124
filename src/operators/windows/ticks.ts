import { type ZoneOffset, zoneOffset } from '../../data/time-zone.ts'

export type Unit = 'MS' | 'SS' | 'MI' | 'HH' | 'DD'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Of `Date`. */
const LAST_INSTANT = 8.64e15

const LENGTH: Readonly<Record<Unit, number>> = { MS: 1, SS: SECOND, MI: MINUTE, HH: HOUR, DD: DAY }

/** Within what ticks of each unit are aligned: seconds within their minute … */
const ENCLOSING: Readonly<Record<Unit, number>> = { MS: SECOND, SS: MINUTE, MI: HOUR, HH: DAY, DD: DAY }

/**
 * Where the ends of windows lie. The first is aligned within the enclosing unit of the clock on the wall, the others follow in steps;
 * days last from midnight to midnight, however many hours they have.
 */
export class Ticks {
  readonly #unit: Unit
  /** Undefined: seconds are the same everywhere. */
  readonly #zone: ZoneOffset | undefined

  constructor(unit: Unit, zone: string) {
    this.#unit = unit
    this.#zone = unit === 'MS' || unit === 'SS' ? undefined : zoneOffset(zone)
  }

  /**
   * The first tick of `every` milliseconds for a time, as eKuiper reckons: of windows that are as long as the time has units (12:00:01
   * and one second) it is not after the time.
   */
  aligned(time: number, every: number): number {
    const wall = this.#wall(time)
    const enclosing = ENCLOSING[this.#unit]
    const begin = Math.floor(wall / enclosing) * enclosing
    const unit = LENGTH[this.#unit]
    const passed = Math.floor((wall - begin) / unit) * unit
    return this.#instant(begin + (passed > every ? (Math.floor(passed / every) + 1) * every : every))
  }

  /** The first tick after a time. */
  after(time: number, every: number): number {
    const tick = this.aligned(time, every)
    return tick > time ? tick : this.add(tick, every)
  }

  /** `ms` is a multiple of the unit and may be negative. */
  add(tick: number, ms: number): number {
    return this.#unit === 'DD' ? this.#instant(this.#wall(tick) + ms) : tick + ms
  }

  /** How many steps of `every` lead from a tick to the first one after `time`. */
  steps(tick: number, every: number, time: number): number {
    return tick > time ? 0 : Math.floor((this.#wall(time) - this.#wall(tick)) / every) + 1
  }

  /** What the clock on the wall shows, as if it were UTC. */
  #wall(time: number): number {
    return time + this.#offset(time)
  }

  #instant(wall: number): number {
    const guess = wall - this.#offset(wall)
    return wall - this.#offset(guess)
  }

  /** Beyond the calendar there are no zones. */
  #offset(time: number): number {
    return this.#zone === undefined || !(Math.abs(time) <= LAST_INSTANT) ? 0 : this.#zone(time) * MINUTE
  }
}
