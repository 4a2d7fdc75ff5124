import type { Reading } from '../load/messages.ts'

type Take = (message: Reading) => void
type Give = (result: unknown) => void

interface Group {
  n: number
  s: number
  lo: number
  hi: number
}

type Groups = Map<string, Group>

/** Groups of a second, given when it is over. */
export function tumbling(give: Give): Take {
  let groups: Groups = new Map()
  setInterval(() => {
    if (groups.size > 0) give(rowsOf(groups))
    groups = new Map()
  }, 1_000)
  return (message) => add(groups, message.deviceId, { n: 1, s: message.temperature, lo: message.temperature, hi: message.temperature })
}

/** Groups of each of the last ten seconds, added up every second. */
export function hopping(give: Give): Take {
  let panes: Groups[] = [new Map()]
  setInterval(() => {
    const all: Groups = new Map()
    for (const pane of panes) for (const [key, group] of pane) add(all, key, group)
    if (all.size > 0) give(rowsOf(all))
    panes = [new Map(), ...panes.slice(0, 9)]
  }, 1_000)
  return ({ deviceId, temperature }) => {
    const [pane] = panes
    if (pane !== undefined) add(pane, deviceId, { n: 1, s: temperature, lo: temperature, hi: temperature })
  }
}

/** The messages of the last second, one each millisecond, looked through for each. */
export function sliding(give: Give): Take {
  const rows: Reading[] = []
  return (message) => {
    rows.push(message)
    while (Number(rows[0]?.['ts']) < Number(message['ts']) - 1_000) rows.shift()
    let sum = 0
    let hi = Number.NEGATIVE_INFINITY
    for (const { temperature } of rows) {
      sum += temperature
      if (temperature > hi) hi = temperature
    }
    give([{ m: sum / rows.length, hi }])
  }
}

/** A thousand filters, one after another. */
export function rules(give: Give): Take {
  const devices = Array.from({ length: 1_000 }, (_, i) => `device-${i}`)
  return ({ deviceId, temperature }) => {
    for (const device of devices) if (deviceId === device) give({ deviceId, f: temperature * 1.8 + 32 })
  }
}

function add(groups: Groups, key: string, { n, s, lo, hi }: Group): void {
  const known = groups.get(key)
  if (known === undefined) {
    groups.set(key, { n, s, lo, hi })
    return
  }
  known.n += n
  known.s += s
  if (lo < known.lo) known.lo = lo
  if (hi > known.hi) known.hi = hi
}

function rowsOf(groups: Groups): readonly unknown[] {
  return [...groups].map(([deviceId, { n, s, lo, hi }]) => ({ deviceId, n, s, m: s / n, lo, hi }))
}
