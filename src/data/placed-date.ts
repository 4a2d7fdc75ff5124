import { formatLayout } from './go-layout.ts'

/** A datetime that was given with an offset: an instant like any other, which is written as the clocks there show it. */
export class PlacedDate extends Date {
  /** Minutes east of Greenwich. */
  readonly offset: number

  constructor(time: number, offset: number) {
    super(time)
    this.offset = offset
  }
}

/** The instant by a layout as Go has them: with the offset that it was given with, in UTC otherwise. */
export function placedText(date: Date, layout: string): string {
  const offset = date instanceof PlacedDate ? date.offset : 0
  const wall = new Date(date.getTime() + offset * 60_000)
  const zone = offset === 0 ? 'UTC' : formatLayout('-0700', { date: wall, nanos: 0, offset, zone: '' })
  return formatLayout(layout, { date: wall, nanos: wall.getUTCMilliseconds() * 1_000_000, offset, zone })
}
