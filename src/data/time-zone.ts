/** How far the clocks of a time zone are ahead of UTC at an instant, in minutes. Throws a RangeError for a zone that is not known. */
export function zoneOffset(time: number, zone: string): number {
  if (zone === '' || zone === 'UTC') return 0
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(time)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  const found = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name)
  const size = Number(found?.[2] ?? 0) * 60 + Number(found?.[3] ?? 0)
  return found?.[1] === '-' ? -size : size
}
