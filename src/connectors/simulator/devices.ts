import type { Struct } from '../../data/value.ts'

/** Where a device's readings tend to, how far they go from there, and how fast. */
interface Walk {
  readonly mean: number
  readonly step: number
  readonly pull: number
  readonly lowest: number
  readonly highest: number
}

const TEMPERATURE: Walk = { mean: 22, step: 0.8, pull: 0.03, lowest: -10, highest: 60 }
const HUMIDITY: Walk = { mean: 55, step: 1.5, pull: 0.04, lowest: 0, highest: 100 }

interface Device {
  readonly id: string
  temperature: number
  humidity: number
}

/** A set of devices whose readings wander like those of a room. The same seed gives the same readings. */
export class SimulatedDevices {
  readonly #random: () => number
  readonly #devices: Device[]

  constructor(count: number, seed: number) {
    this.#random = randomNumbers(seed)
    this.#devices = Array.from({ length: count }, (_, i) => ({
      id: `device-${i + 1}`,
      temperature: TEMPERATURE.mean + (this.#random() - 0.5) * 10,
      humidity: HUMIDITY.mean + (this.#random() - 0.5) * 20,
    }))
  }

  /** One reading of each device. `now`: milliseconds since the epoch. */
  readings(now: number): Struct[] {
    return this.#devices.map((device) => {
      device.temperature = this.#walk(device.temperature, TEMPERATURE)
      device.humidity = this.#walk(device.humidity, HUMIDITY)
      return { id: device.id, temperature: tenths(device.temperature), humidity: tenths(device.humidity), ts: now }
    })
  }

  /** One step of a walk that is pulled back to its mean (Ornstein-Uhlenbeck, in steps). */
  #walk(value: number, { mean, step, pull, lowest, highest }: Walk): number {
    const next = value + (mean - value) * pull + (this.#random() - 0.5) * 2 * step
    return Math.min(highest, Math.max(lowest, next))
  }
}

const tenths = (value: number): number => Math.round(value * 10) / 10

/** Numbers from 0 to 1, always the same for one seed (mulberry32 by Tommy Ettinger, public domain). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
