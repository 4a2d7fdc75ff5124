import { expect, test } from 'vitest'
import { createLogger } from '../../../src/base/log-pino.ts'

function recorded(options: { level?: 'debug' | 'info' | 'warn' | 'error'; pretty?: boolean } = {}) {
  const lines: string[] = []
  const log = createLogger({
    level: options.level ?? 'info',
    pretty: options.pretty ?? false,
    destination: { write: (line) => void lines.push(line) },
  })
  return { log, lines, objects: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

test('an event is one line of JSON with level, time, message and facts', () => {
  const { log, objects } = recorded()
  log.child({ rule: 'r1' }).info('rule started', { count: 3n, list: [1] })
  expect(objects()).toEqual([{ level: 'info', time: expect.any(String), rule: 'r1', count: '3', list: [1], message: 'rule started' }])
})

test('levels below the configured one are left out', () => {
  const { log, objects } = recorded({ level: 'warn' })
  log.debug('a')
  log.info('b')
  log.warn('c')
  log.error('d')
  expect(objects().map((line) => line['message'])).toEqual(['c', 'd'])
})

test('secrets stand neither in facts nor in messages nor in errors', () => {
  const { log, lines } = recorded()
  log.error('cannot open mysql://u:hunter2@h', {
    password: 'hunter2',
    config: { token: 'hunter2' },
    error: new Error('u:hunter2@tcp(h)/d'),
  })
  expect(lines.join('')).not.toContain('hunter2')
  expect(lines).toHaveLength(1)
})

test('a line break in a message does not begin a second line', () => {
  const { log, lines } = recorded()
  log.info('a\nb')
  expect(lines).toHaveLength(1)
  expect(lines[0]?.trimEnd().split('\n')).toHaveLength(1)
})

test('a readable line has time, level, message and facts', () => {
  const { log, lines } = recorded({ pretty: true })
  log.warn('lost the connection', { rule: 'r1' })
  expect(lines.join('')).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: lost the connection \{"rule":"r1"\}\n$/)
})

test('a field of a child takes the place of its parent’s', () => {
  const { log, lines } = recorded()
  log.child({ node: 'a' }).child({ node: 'b' }).info('x')
  expect(lines[0]?.match(/"node"/g)).toHaveLength(1)
  expect(lines[0]).toContain('"node":"b"')
})
