import type { WindowSpec } from '../../src/operators/windows/spec.ts'

export interface NaiveRow {
  readonly time: number
  readonly id: number
  readonly flag: boolean
  readonly other: boolean
}

/** A result: its rows and [start, end, trigger], which an empty one cannot tell. */
export interface NaiveWindow {
  readonly ids: readonly number[]
  readonly bounds: readonly number[]
}

interface Question {
  readonly spec: WindowSpec
  readonly rows: readonly NaiveRow[]
  readonly eventTime: boolean
  /** The time at the end. */
  readonly until: number
  /** In event time: the watermarks that come before a row, by the place of the row. */
  readonly watermarks: ReadonlyMap<number, number>
}

/** What a window answers, from its definition and from all rows at once. */
export function naiveWindows(question: Question): readonly NaiveWindow[] {
  const { spec } = question
  switch (spec.type) {
    case 'tumbling':
      return tumbling(question, spec)
    case 'hopping':
      return hopping(question, spec)
    case 'sliding':
      return sliding(question, spec)
    case 'session':
      return question.eventTime ? eventSession(question, spec) : session(question, spec)
    case 'count':
      return count(question, spec)
    case 'state':
      return state(question, spec)
  }
}

type Of<T extends WindowSpec['type']> = Extract<WindowSpec, { readonly type: T }>

function windowOf(rows: readonly NaiveRow[], start: number, end: number, trigger = end): NaiveWindow {
  return { ids: rows.map(({ id }) => id), bounds: rows.length === 0 ? [] : [start, end, trigger] }
}

/** All multiples of `every` from the begin of the second (of the minute) of `time` on that are later than it. */
function laterTick(time: number, every: number, unit: string): number {
  const begin = unit === 'MS' ? time - (time % 1_000) : time - (time % 60_000)
  let tick = begin
  while (tick <= time) tick += every
  return tick
}

function tumbling({ rows, until, eventTime }: Question, { length, unit }: Of<'tumbling'>): readonly NaiveWindow[] {
  const found: NaiveWindow[] = []
  const first = rows[0]?.time ?? 0
  const begin = unit === 'MS' ? first - (first % 1_000) : first - (first % 60_000)
  const units = unit === 'MS' ? first - begin : first - begin - (first % 1_000)
  // Where eKuiper aligns the first end no later than its first row.
  let start = eventTime && units === length ? begin + length : first
  for (let end = laterTick(first, length, unit); end <= until; end += length) {
    found.push(
      windowOf(
        rows.filter(({ time }) => time >= start && time < end),
        start,
        end,
      ),
    )
    start = end
  }
  return found
}

function hopping({ rows, until }: Question, { length, hop, unit }: Of<'hopping'>): readonly NaiveWindow[] {
  const found: NaiveWindow[] = []
  const first = rows[0]?.time ?? 0
  for (let end = laterTick(first, hop, unit); end <= until; end += hop) {
    const inside = rows.filter(({ time }) => time >= end - length && time < end)
    const start = found.length === 0 && length === 2 * hop ? first - hop : end - length
    found.push(windowOf(inside, start, end))
  }
  return found
}

function sliding({ rows, until, eventTime }: Question, { length, delay, when }: Of<'sliding'>): readonly NaiveWindow[] {
  const found: NaiveWindow[] = []
  rows.forEach(({ time, flag }, i) => {
    if (when !== undefined && !flag) return
    const known = eventTime ? rows : rows.slice(0, i + 1)
    if (delay === 0)
      found.push(
        windowOf(
          known.filter((row) => row.time >= time - length && row.time <= time),
          time - length,
          time,
        ),
      )
    else if (time + delay <= until)
      found.push({
        ...windowOf(
          rows.filter((row) => row.time >= time - length && row.time < time + delay),
          0,
          0,
        ),
        bounds: [],
      })
  })
  return found
}

function session(question: Question, spec: Of<'session'>): readonly NaiveWindow[] {
  const { rows, until } = question
  const found: NaiveWindow[] = []
  let begin: number | undefined
  for (let from = 0; from < rows.length;) {
    const { to, end, isCut } = sessionFrom(question, spec, from)
    if (end > until) break
    found.push(windowOf(rows.slice(from, to), begin ?? timeOf(rows, from), end))
    begin = isCut ? end : undefined
    from = to
  }
  return found
}

interface NaiveSession {
  readonly to: number
  readonly end: number
  readonly isCut: boolean
}

function sessionFrom({ rows }: Question, { length, gap, unit }: Of<'session'>, from: number): NaiveSession {
  const first = timeOf(rows, from)
  const silent = (i: number): boolean => timeOf(rows, i) - timeOf(rows, i - 1) >= gap
  let cut = laterTick(first, length, unit)
  while (cut - length < first) cut += length
  let to = from + 1
  while (to < rows.length && !silent(to) && timeOf(rows, to) < cut) to++
  const silence = timeOf(rows, to - 1) + gap
  const isCut = cut < silence
  return { to, end: isCut ? cut : silence, isCut }
}

function eventSession(question: Question, spec: Of<'session'>): readonly NaiveWindow[] {
  const { rows } = question
  const found: NaiveWindow[] = []
  let begin: number | undefined
  for (let from = 0; from < rows.length;) {
    const next = eventSessionFrom(question, spec, from)
    if (next === undefined) break
    found.push(windowOf(rows.slice(from, next.to), begin ?? timeOf(rows, from), next.end))
    begin = next.isCut ? next.end : undefined
    from = next.to
  }
  return found
}

function eventSessionFrom(question: Question, spec: Of<'session'>, from: number): NaiveSession | undefined {
  const { rows } = question
  const first = timeOf(rows, from)
  const ticks = [earlyTick(first, spec.length, spec.unit)]
  for (let tick = ticks[0] ?? 0; tick - spec.length <= first;) ticks.push((tick += spec.length))
  const cut = ticks.at(-1) ?? 0
  // A row is late enough for a tick when the rows before it were for those before.
  let passed = first > (ticks[0] ?? 0) ? 1 : 0
  for (let i = from + 1; i <= rows.length; i++) {
    const end = endBefore(question, spec.gap, i, passed === ticks.length - 1 ? cut : Infinity)
    if (end?.isCut === true) return { ...end, to: rows.findIndex((row, at) => at >= from && row.time >= cut) }
    if (end !== undefined) return end
    if (timeOf(rows, i) > (ticks[passed] ?? cut)) passed = Math.min(passed + 1, ticks.length - 1)
  }
  return undefined
}

/** What row `i`, or a watermark before it, ends. */
function endBefore({ rows, until, watermarks }: Question, gap: number, i: number, cut: number): NaiveSession | undefined {
  const silence = timeOf(rows, i - 1) + gap
  const silent = { to: i, end: silence, isCut: false }
  const watermark = i === rows.length ? until : (watermarks.get(i) ?? silence)
  if (watermark > silence) return silent
  const time = rows[i]?.time ?? Number.NEGATIVE_INFINITY
  if (time > cut && !(time > silence && silence <= cut)) return { to: i, end: cut, isCut: true }
  return time > silence ? silent : undefined
}

/** The first tick for a time, which is not after it where it has as many units as the window is long. */
function earlyTick(time: number, every: number, unit: string): number {
  const begin = unit === 'MS' ? time - (time % 1_000) : time - (time % 60_000)
  const step = unit === 'MS' ? 1 : 1_000
  const units = time - begin - ((time - begin) % step)
  return begin + (units > every ? (Math.floor(units / every) + 1) * every : every)
}

function timeOf(rows: readonly NaiveRow[], index: number): number {
  return rows[index]?.time ?? 0
}

function count({ rows }: Question, { length, step }: Of<'count'>): readonly NaiveWindow[] {
  const found: NaiveWindow[] = []
  let start = rows[0]?.time ?? 0
  for (let seen = step; seen <= rows.length; seen += step) {
    if (seen < length) continue
    const members = rows.slice(seen - length, seen)
    const end = members.at(-1)?.time ?? 0
    found.push(windowOf(members, start, end))
    start = end
  }
  return found
}

function state({ rows }: Question, { emit, partition }: Of<'state'>): readonly NaiveWindow[] {
  const found: NaiveWindow[] = []
  const open = new Map<boolean, NaiveRow[]>()
  for (const row of rows) {
    const key = partition.length > 0 && row.other
    const members = open.get(key)
    if (emit === undefined) {
      if (row.flag && members !== undefined) found.push(windowOf(members, members[0]?.time ?? 0, row.time))
      if (row.flag) open.set(key, [row])
      else members?.push(row)
    } else if (members === undefined) {
      if (row.flag) open.set(key, [row])
    } else {
      members.push(row)
      if (!row.other) continue
      found.push(windowOf(members, members[0]?.time ?? 0, row.time))
      open.delete(key)
    }
  }
  return found
}
