import { expect, test } from 'vitest'
import { matchesPattern } from '../../../src/config/pattern.ts'

test.each([
  ['^[0-9a-f]{4}$', '12ab', true],
  ['^[0-9a-f]{4}$', '12abc', false],
  ['^(tcp|mqtt)://', 'mqtt://x', true],
  ['^(a+)+$', 'aaa', true],
  ['^[a-z]+(-[a-z]+)*$', 'my-plugin', true],
  ['^[a-z]+(-[a-z]+)*$', 'my_plugin', false],
])('%s and %j: %j', (pattern, text, matches) => {
  expect(matchesPattern(pattern, text)).toBe(matches)
})

test.each(['^(a+)+$', '^(a|a)+$', '^(a|aa)*$', '^(.*)*.*=$', '(?=(a+)+b)a'])('%s, which takes for ever, matches nothing', (pattern) => {
  expect(matchesPattern(pattern, `${'a'.repeat(60)}!`)).toBe(false)
})
