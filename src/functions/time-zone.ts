import { rowFailed } from '../data/row-failed.ts'
import { zoneOffset } from '../data/time-zone.ts'

/** ISO text of an instant in a time zone, with its offset (`Z` for UTC) and without an empty fraction. The empty name is UTC. */
export function inZone(date: Date, zone: string): string {
  if (zone === '' || zone === 'UTC') return date.toISOString().replace(/\.000Z$/, 'Z')
  const shift = offsetMinutes(date, zone)
  const local = new Date(date.getTime() + shift * 60_000).toISOString().replace(/(\.000)?Z$/, '')
  return `${local}${shift === 0 ? 'Z' : offsetText(shift)}`
}

function offsetMinutes(date: Date, zone: string): number {
  try {
    return zoneOffset(date.getTime(), zone)
  } catch {
    throw rowFailed(`time zone "${zone}" is not known`, 'give a name such as "Europe/Berlin"')
  }
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
