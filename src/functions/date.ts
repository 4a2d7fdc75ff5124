import type { FunctionDefinition } from '../api/definition.ts'
import { inRange } from '../data/arithmetic.ts'
import { dayName, dayOfYear, formatLayout, monthName, type WallTime } from '../data/go-layout.ts'
import { goText } from '../data/go-text.ts'
import type { Cell } from '../data/value.ts'
import { toWhole } from './arguments.ts'
import { nanosOf } from './go-duration.ts'
import { between, later, nowIn, toMoment, wallOf } from './moment.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'
import { layoutOf } from './time-pattern.ts'

const DATE = '2006-01-02'
const TIME = '15:04:05'
const DAY_MS = 86_400_000
const T = parameter('t', 'datetime')
const FSP = parameter('fsp', 'bigint', { optional: true, doc: 'Digits of the fraction, 1 to 6.' })
const define = (f: RowFunction): FunctionDefinition => rowFunction('date and time', f)

type Example = RowFunction['examples'][number]

/** A function of what the clock shows at a moment: in the configured time zone, or at the offset that a text names. Null is an error. */
function shown(name: string, doc: string, f: (wall: WallTime) => string | number, example: Example): FunctionDefinition {
  const returns = typeof example[1] === 'string' ? 'string' : 'bigint'
  const call: RowFunction['call'] = (ctx, t) => {
    const value = f(wallOf(toMoment(t, ctx)))
    return typeof value === 'number' ? BigInt(value) : value
  }
  return define({ name, doc, params: [T], returns, nulls: 'call', examples: [example], call })
}

const present: readonly FunctionDefinition[] = [
  define({
    name: 'now',
    aliases: ['current_timestamp', 'local_time', 'local_timestamp'],
    doc: 'Date and time as text, yyyy-MM-dd HH:mm:ss, in the configured time zone; with `fsp` also so many digits of the second’s fraction.',
    params: [FSP],
    returns: 'string',
    nulls: 'call',
    pure: false,
    examples: [
      ['length(now())', 19n],
      ['length(now(3))', 23n],
    ],
    call: (ctx, fsp) => formatLayout(`${DATE} ${TIME}${fractionOf(fsp)}`, wallOf(nowIn(ctx))),
  }),
  define({
    name: 'cur_date',
    aliases: ['current_date'],
    doc: 'The date as text, yyyy-MM-dd, in the configured time zone.',
    params: [],
    returns: 'string',
    pure: false,
    examples: [['length(cur_date())', 10n]],
    call: (ctx) => formatLayout(DATE, wallOf(nowIn(ctx))),
  }),
  define({
    name: 'cur_time',
    aliases: ['current_time'],
    doc: 'The time of day as text, HH:mm:ss, in the configured time zone; with `fsp` also so many digits of the second’s fraction.',
    params: [FSP],
    returns: 'string',
    nulls: 'call',
    pure: false,
    examples: [['length(cur_time())', 8n]],
    call: (ctx, fsp) => formatLayout(`${TIME}${fractionOf(fsp)}`, wallOf(nowIn(ctx))),
  }),
]

const parts: readonly FunctionDefinition[] = [
  shown('hour', 'Hour of the day, 0 to 23.', ({ date }) => date.getUTCHours(), ['hour("2024-02-29 12:34:56")', 12n]),
  shown('minute', 'Minute of the hour.', ({ date }) => date.getUTCMinutes(), ['minute("2024-02-29 12:34:56")', 34n]),
  shown('second', 'Second of the minute.', ({ date }) => date.getUTCSeconds(), ['second("2024-02-29 12:34:56")', 56n]),
  shown('microsecond', 'Microseconds of the second.', ({ nanos }) => Math.floor(nanos / 1000), [
    'microsecond("2024-02-29 12:34:56.789")',
    789000n,
  ]),
  shown('day', 'Day of the month.', ({ date }) => date.getUTCDate(), ['day("2024-02-29")', 29n]),
  shown('day_of_month', 'Day of the month.', ({ date }) => date.getUTCDate(), ['day_of_month("2024-02-29")', 29n]),
  shown('day_of_week', 'Day of the week, 0 for Sunday.', ({ date }) => date.getUTCDay(), ['day_of_week("2024-02-29")', 4n]),
  shown('day_of_year', 'Day of the year, from 1.', ({ date }) => dayOfYear(date), ['day_of_year("2024-02-29")', 60n]),
  shown('month', 'Month, 1 to 12.', ({ date }) => date.getUTCMonth() + 1, ['month("2024-02-29")', 2n]),
  shown('day_name', 'English name of the day.', ({ date }) => dayName(date), ['day_name("2024-02-29")', 'Thursday']),
  shown('month_name', 'English name of the month.', ({ date }) => monthName(date), ['month_name("2024-02-29")', 'February']),
  shown('last_day', 'Last day of the month as yyyy-MM-dd.', lastDay, ['last_day("2024-02-03")', '2024-02-29']),
]

const others: readonly FunctionDefinition[] = [
  define({
    name: 'format_time',
    doc: 'A datetime as text by a pattern: YYYY YY MMMM MMM MM M dd d EEEE EEE HH hh h a mm m ss s S SS SSS z Z X XX XXX, other text in single quotes.',
    params: [T, parameter('pattern', 'string')],
    returns: 'string',
    examples: [
      ['format_time("2024-02-29 12:34:56.789", "YYYY-MM-dd HH:mm:ss.SSS")', '2024-02-29 12:34:56.789'],
      ['format_time("2024-02-29", "EEEE, d MMMM")', 'Thursday, 29 February'],
    ],
    call: (ctx, t, pattern) => formatLayout(layoutOf(goText(pattern)), wallOf(toMoment(t, ctx))),
  }),
  define({
    name: 'date_calc',
    doc: 'The datetime some time later, or earlier, as yyyy-MM-dd HH:mm:ss. The duration is written as "1h30m", "-10s".',
    params: [T, parameter('duration', 'string')],
    returns: 'string',
    nulls: 'call',
    examples: [
      ['date_calc("2024-02-28 23:00:00", "1h30m")', '2024-02-29 00:30:00'],
      ['date_calc("2024-02-29", "-1s")', '2024-02-28 23:59:59'],
    ],
    call: (ctx, t, duration) => formatLayout(`${DATE} ${TIME}`, wallOf(later(toMoment(t, ctx), nanosOf(duration)))),
  }),
  define({
    name: 'date_diff',
    doc: 'Nanoseconds from a to b.',
    params: [parameter('a', 'datetime'), parameter('b', 'datetime')],
    returns: 'bigint',
    nulls: 'call',
    examples: [['date_diff("2024-02-29 00:00:00", "2024-02-29 00:00:01")', 1_000_000_000n]],
    call: (ctx, a, b) => inRange(between(toMoment(a, ctx), toMoment(b, ctx))),
  }),
  define({
    name: 'from_days',
    doc: 'Day number n as yyyy-MM-dd; day 1, and day 0, is 1970-01-01.',
    params: [parameter('n', 'bigint')],
    returns: 'string',
    examples: [['from_days(366)', '1971-01-01']],
    call: (ctx, n) => {
      const day = Number(toWhole(n))
      return formatLayout(DATE, wallOf(toMoment((day === 0 ? 0 : day - 1) * DAY_MS, { ...ctx, timeZone: 'UTC' })))
    },
  }),
  define({
    name: 'from_unix_time',
    doc: 'Seconds since 1970 as yyyy-MM-dd HH:mm:ss in the configured time zone. The number comes from a row: a literal is refused.',
    params: [parameter('seconds', 'bigint', { literal: false })],
    returns: 'string',
    examples: [['from_unix_time(cast("86400", "bigint"))', '1970-01-02 00:00:00']],
    call: (ctx, seconds) => formatLayout(`${DATE} ${TIME}`, wallOf(toMoment(Number(toWhole(seconds)) * 1000, ctx))),
  }),
]

export const dateFunctions: readonly FunctionDefinition[] = [...present, ...parts, ...others]

function fractionOf(fsp: Cell): string {
  const digits = fsp === undefined || fsp === null ? 0 : Number(toWhole(fsp))
  return digits >= 1 && digits <= 6 ? `.${'0'.repeat(digits)}` : ''
}

function lastDay({ date, nanos, offset, zone }: WallTime): string {
  const last = new Date(date)
  last.setUTCMonth(date.getUTCMonth() + 1, 0)
  return formatLayout(DATE, { date: last, nanos, offset, zone })
}
