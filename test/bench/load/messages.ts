/** How many different messages a load repeats. */
const RING = 1024

export interface Reading {
  deviceId: string
  temperature: number
  humidity: number
  [name: string]: string | number
}

/** What the payloads of a load look like. */
export interface Form {
  /** About so many bytes. */
  readonly size: number
  /** Devices that send one after another; some 400 in no order unless given. */
  readonly devices?: number
  /** They have a time, `ts`, in milliseconds. */
  readonly timed?: boolean
}

/** The digits that stand for the time in a payload. */
export const NO_TIME = '1000000000000'

/** Message i of a load; 40 % have a temperature above 30. Deterministic. */
function reading(i: number, { size, devices, timed = false }: Form): Reading {
  const n = (i * 2_654_435_761) >>> 0
  const message: Reading = {
    deviceId: `device-${devices === undefined ? n % 500 : i % devices}`,
    ...(timed ? { ts: Number(NO_TIME) } : {}),
    temperature: Math.round((n % 5000) / 1) / 100,
    humidity: Math.round(((n >>> 8) % 10_000) / 1) / 100,
    pressure: 980 + ((n >>> 4) % 6000) / 100,
    battery: (n >>> 6) % 100,
    seq: i,
    unit: 'celsius',
  }
  for (let k = 0; JSON.stringify(message).length < size - 20; k++) message[`extra${k}`] = `value-${(n >>> (k % 20)) % 100_000}`
  return message
}

export const passes = (message: Reading): boolean => message.temperature > 30

/** Payloads of the ring: as many as it is long, or as there are devices. */
export function payloads(form: Form): Buffer[] {
  return Array.from({ length: form.devices ?? RING }, (_, i) => Buffer.from(JSON.stringify(reading(i, form))))
}

/** How many of the first `count` messages of a load pass the filter. */
export function passing(count: number, size: number): number {
  const ring = Array.from({ length: RING }, (_, i) => (passes(reading(i, { size })) ? 1 : 0))
  const perRound = ring.reduce<number>((sum, n) => sum + n, 0)
  let total = Math.floor(count / RING) * perRound
  for (let i = 0; i < count % RING; i++) total += ring[i] ?? 0
  return total
}
