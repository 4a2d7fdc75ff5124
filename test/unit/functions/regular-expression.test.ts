import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { hostMatcher } from '../../../src/functions/re2/host.ts'
import { machineMatcher } from '../../../src/functions/re2/machine.ts'
import { parsePattern } from '../../../src/functions/re2/parse.ts'
import { compilePattern, replaceAll } from '../../../src/functions/regular-expression.ts'

/** Pattern, text, the first match, a replacement, and the text with that; as Go answers. */
const FOUND: readonly (readonly [string, string, string, string, string])[] = [
  ['o+', 'foobar', 'oo', 'x', 'fxbar'],
  ['(a+)+$', 'aaaa', 'aaaa', '[$1]', '[aaaa]'],
  ['(a|b)|(c)', 'bc', 'b', '<$1$2>', '<b><c>'],
  ['(a)|(b)', 'b', 'b', '[$2$1]', '[b]'],
  ['a*', 'baaac', '', 'x', 'xbxcx'],
  ['', 'ab', '', '-', '-a-b-'],
  ['\\B', 'ab😀a', '', 'x', 'axb😀a'],
  ['(?i)ABC', 'xabc', 'abc', 'y', 'xy'],
  ['(?i:a)b', 'AbAB', 'Ab', 'x', 'xAB'],
  ['(?i)k', 'K', 'K', 'x', 'x'],
  ['(?i)\\W', 'ſ!', '!', 'x', 'ſx'],
  ['\\w+', 'aé_1', 'a', 'x', 'xéx'],
  ['\\s', 'a\u00a0b\u000bc d', ' ', '_', 'a\u00a0b\u000bc_d'],
  ['.', '\r\n', '\r', 'x', 'x\n'],
  ['(?s).', '\r\n', '\r', 'x', 'xx'],
  ['(?m)^a$', 'b\na\n', 'a', 'x', 'b\nx\n'],
  ['^a$', 'a\n', '', 'x', 'a\n'],
  ['\\Aa|b\\z', 'aabb', 'a', 'x', 'xabx'],
  ['[[:alpha:]]+', '1ab!', 'ab', 'x', '1x!'],
  ['[^[:space:]]', 'a b', 'a', 'x', 'x x'],
  ['[]a]', 'a]', 'a', 'x', 'xx'],
  ['[a-]+', 'b-a', '-a', 'x', 'bx'],
  ['\\pN', 'a½', '½', 'x', 'ax'],
  ['\\p{Greek}+', 'abΩω', 'Ωω', 'x', 'abx'],
  ['\\P{^Lu}', 'aB', 'B', 'x', 'ax'],
  ['\\x41\\x{1F600}', 'A😀', 'A😀', 'x', 'x'],
  ['\\101', 'A', 'A', 'x', 'x'],
  ['\\Qa.b\\E+', 'a.bb', 'a.bb', 'x', 'x'],
  ['a{,2}', 'a{,2}', 'a{,2}', 'x', 'x'],
  ['a{2}', 'aaa', 'aa', 'x', 'xa'],
  ['(?U)a+', 'aaa', 'a', 'x', 'xxx'],
  ['a+?', 'aaa', 'a', 'x', 'xxx'],
  ['a??b', 'ab', 'ab', 'x', 'x'],
  ['(?P<year>\\d+)-(?<m>\\d+)', '2024-01', '2024-01', '${m}/$year', '01/2024'],
  ['(\\d)', '5', '5', '$1x${1}x$$ $', '5x$ $'],
  ['(?:^|a)?', 'aa', '', 'x', 'xax'],
  ['(|a)*', 'aa', '', 'x', 'xaxax'],
  ['(|a)+', 'aa', '', 'x', 'xaxax'],
  ['(a|ab)(c|bcd)', 'abcd', 'abcd', '$1,$2', 'a,bcd'],
  ['(?:(a)|b)*', 'ab', 'ab', '[$1]', '[a]'],
  ['^*a', 'a', 'a', 'x', 'x'],
  ['}]', '}]', '}]', 'x', 'x'],
  ['(\\w+\\.)+com', 'www.example.com', 'www.example.com', '[$1]', '[example.]'],
  ['(?i-s:B)', 'b', 'b', 'x', 'x'],
  ['(a)(?P<n>x)?(?P<n>b)?', 'ab', 'ab', '[$n]', '[b]'],
]

test.each(FOUND)('%s in %j finds %j', (...[pattern, text, first, ...replace]) => {
  const [replacement, replaced] = replace
  const { tree } = parsePattern(pattern)
  expect(compilePattern(pattern).find(text, 0)?.parts[0] ?? '').toBe(first)
  expect(machineMatcher(tree)(text, 0)?.parts[0] ?? '').toBe(first)
  expect(replaceAll(text, compilePattern(pattern), replacement)).toBe(replaced)
})

test.each([
  '(',
  'a)',
  '[',
  '[z-a]',
  '*',
  'a**',
  'a{2}{3}',
  'a{1001}',
  'a{2,1}',
  '((a{100}){100})',
  '(?=a)',
  '(?<!a)',
  '(?>a)',
  '(?x)a',
  '(?#a)',
  '(?-)',
  '(a)\\1',
  '\\8',
  '\\Z',
  '\\h',
  '\\u0041',
  '\\C',
  '\\é',
  '\\',
  '\\x{110000}',
  '[\\b]',
  '[a-\\d]',
  '[[:word]:]',
  '[[:foo:]]',
  '\\p{Foo}',
  '\\p{Alphabetic}',
  '(?P<a-b>c)',
])('%s is no pattern', (pattern) => {
  expect(() => compilePattern(pattern)).toThrow('cannot be read')
})

test('repetitions of repetitions take time in proportion to the text', () => {
  const text = `${'a'.repeat(20_000)}b`
  expect(compilePattern('(a+)+$').find(text, 0)).toBeUndefined()
  expect(compilePattern('^(a|a)*$').find(text, 0)).toBeUndefined()
  expect(compilePattern('^(a?){50}a{50}$').find('a'.repeat(50), 0)?.at).toBe(0)
})

test('a pattern that is too long, too deep or repeats too much is refused', () => {
  expect(() => compilePattern('a'.repeat(1001))).toThrow('at most 1000 are allowed')
  expect(() => compilePattern(`${'('.repeat(201)}${')'.repeat(201)}`)).toThrow('nested deeper than 200 levels')
  expect(() => compilePattern('(?:a?b){1000}'.repeat(9))).toThrow('more than 10000 steps')
})

const atom = fc.constantFrom('a', 'b', 'é', '😀', '.', '^', '$', '[^a]', '\\w', '\\b', '\\B', '\\pL', '(?m)', '(?i)', '-')
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atom,
    fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('|')),
    fc.tuple(fc.constantFrom('(', '(?:', '(?i:'), tie('pattern')).map(([open, inner]) => `${open}${inner})`),
    fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '+?', '{0}')).map(([inner, times]) => `(?:${inner})${times}`),
  ),
}))

test('the machine finds what the host finds', () => {
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é', '😀', '\n', '-'), maxLength: 8 }), (source, text) => {
      const { tree } = parsePattern(source)
      const host = hostMatcher(tree)?.(text, 0)
      if (host === undefined) return
      const machine = machineMatcher(tree)(text, 0)
      expect([machine?.at, ...(machine?.parts ?? [])]).toEqual([host.at, ...host.parts])
    }),
    { numRuns: 500 },
  )
})
