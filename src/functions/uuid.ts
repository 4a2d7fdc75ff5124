import { randomBytes } from 'node:crypto'

/** 100-nanosecond steps from 15 October 1582, where UUIDs begin to count, to 1970. */
const EPOCH = 0x01b21dd213814000n

/**
 * A UUID of version 1: the time in milliseconds, everything below it random. 76 random bits keep those of one millisecond apart, without
 * a counter or the address of the machine.
 */
export function timeUuid(now: number): string {
  const random = randomBytes(10)
  const ticks = EPOCH + BigInt(Math.floor(now)) * 10_000n + BigInt(random.readUInt16BE(0) % 10_000)
  const time = (ticks & 0xfff_ffff_ffff_ffffn).toString(16).padStart(15, '0')
  // A multicast address says that the node is no network card.
  const node = Buffer.from(random.subarray(4))
  node[0] = (node[0] ?? 0) | 1
  const sequence = ((random.readUInt16BE(2) & 0x3fff) | 0x8000).toString(16)
  return `${time.slice(7)}-${time.slice(3, 7)}-1${time.slice(0, 3)}-${sequence}-${node.toString('hex')}`
}
