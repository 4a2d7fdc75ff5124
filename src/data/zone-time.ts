import { rowFailed } from './row-failed.ts'
import { zoneOffset } from './time-zone.ts'

/** Minutes east of Greenwich at that moment. The empty name is UTC. Throws `row_failed` for a zone that is not known. */
export function offsetOf(time: number, zone: string): number {
  return isUtc(zone) ? 0 : inKnownZone(zone, () => zoneOffset(zone)(time))
}

/** Its abbreviation at that moment, such as `CET`. */
export function abbreviationOf(time: number, zone: string): string {
  if (isUtc(zone)) return 'UTC'
  const parts = inKnownZone(zone, () => new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' }).formatToParts(time))
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
}

/** The moment at which a clock in the zone shows these UTC members; where it shows them twice, the earlier. */
export function momentOf(wall: number, zone: string): number {
  if (isUtc(zone)) return wall
  const before = wall - offsetOf(wall - 86_400_000, zone) * 60_000
  return before + offsetOf(before, zone) * 60_000 === wall ? before : wall - offsetOf(wall, zone) * 60_000
}

/** ISO text of an instant in a time zone, with its offset (`Z` for UTC) and without an empty fraction. */
export function inZone(date: Date, zone: string): string {
  const shift = offsetOf(date.getTime(), zone)
  const local = new Date(date.getTime() + shift * 60_000)
  if (Number.isNaN(local.getTime())) throw rowFailed('the datetime is out of range')
  return `${local.toISOString().replace(/(\.000)?Z$/, '')}${shift === 0 ? 'Z' : offsetText(shift)}`
}

/** True for the name of a zone: not for offsets, which JavaScript takes as well, nor in other case than it is written in. */
export function isZoneName(name: string): boolean {
  if (isUtc(name) || name === 'Local') return true
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    const written = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone
    // An older name resolves to a newer one, whose case says nothing.
    return written === name || written.toLowerCase() !== name.toLowerCase()
  } catch {
    return false
  }
}

function isUtc(zone: string): boolean {
  return zone === '' || zone === 'UTC'
}

function inKnownZone<T>(zone: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw rowFailed(`time zone "${zone}" is not known`, 'give a name such as "Europe/Berlin"')
  }
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
