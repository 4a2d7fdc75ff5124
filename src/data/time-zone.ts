/** How far the clocks of a time zone are ahead of UTC at an instant, in minutes. Throws a RangeError for an instant out of the calendar. */
export type ZoneOffset = (time: number) => number

/** Throws a RangeError for a zone that is not known. The empty name is UTC. */
export function zoneOffset(zone: string): ZoneOffset {
  if (zone === '' || zone === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  return (time) => {
    const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
    const found = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name)
    const size = Number(found?.[2] ?? 0) * 60 + Number(found?.[3] ?? 0)
    return found?.[1] === '-' ? -size : size
  }
}
