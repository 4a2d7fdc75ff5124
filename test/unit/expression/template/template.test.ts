import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PlutinoError } from '../../../../src/base/errors.ts'
import type { Value } from '../../../../src/data/value.ts'
import { compileTemplate } from '../../../../src/expression/template/template.ts'

/** Made by Go's text/template itself, of the same templates and data. */
interface GoOutput {
  readonly data: Readonly<Record<string, Value>>
  readonly cases: readonly {
    readonly template: string
    readonly data: string
    readonly output?: string
    readonly fails?: 'parse' | 'run'
  }[]
}

const go = JSON.parse(readFileSync(new URL('go-output.json', import.meta.url), 'utf8')) as GoOutput
const clock = { now: () => Date.UTC(2024, 1, 29, 12, 34, 56, 789) }

function render(template: string, data: Value = {}): string {
  return compileTemplate(template, clock)(data)
}

function failure(template: string, data: Value = {}): PlutinoError {
  try {
    render(template, data)
  } catch (error) {
    if (error instanceof PlutinoError) return error
    throw error
  }
  throw new Error(`${template} did not fail`)
}

test.each(go.cases.filter((c) => c.fails === undefined))('$template of the $data gives what Go gives', ({ template, data, output }) => {
  expect(render(template, go.data[data])).toBe(output)
})

test.each(go.cases.filter((c) => c.fails === 'parse'))('$template is refused, as in Go', ({ template, data }) => {
  const error = failure(template, go.data[data])
  expect(error.code).toBe('config_invalid')
  expect(error.position).toBeDefined()
})

test.each(go.cases.filter((c) => c.fails === 'run'))('$template fails for this row, or is refused before', ({ template, data }) => {
  expect(['config_invalid', 'row_failed']).toContain(failure(template, go.data[data]).code)
})

test.each([
  ['{{eq .a 1}} {{eq 1 1.0}} {{lt .a 2}} {{ge 2 .a}}', { a: 1 }, 'true true true true'],
  ['{{eq .a 1}} {{.a}} {{add .a 1}}', { a: 9007199254740993n }, 'false 9007199254740993 9007199254740994'],
  ['{{index .l .i}}', { l: ['a', 'b'], i: 1 }, 'b'],
  ['{{.t}} {{.b}}', { t: new Date(1709210096789), b: Uint8Array.of(1, 2) }, '2024-02-29 12:34:56.789 +0000 UTC [1 2]'],
  ['{{range .b}}{{.}};{{end}}', { b: Uint8Array.of(1, 2) }, '1;2;'],
])('%s of our own types gives the sensible answer', (template, data, expected) => {
  expect(render(template, data)).toBe(expected)
})

test.each([
  [
    '{{json .}}',
    { a: 1, b: [true, null, 'x'], c: 9007199254740993n, d: new Date(0) },
    '{"a":1,"b":[true,null,"x"],"c":9007199254740993,"d":"1970-01-01T00:00:00Z"}',
  ],
  ['{"device":"{{.id}}","all":{{json .}}}', { id: 'd1' }, '{"device":"d1","all":{"id":"d1"}}'],
  ['{{toJson .missing}} {{json .s}}', { s: 'a"b' }, 'null "a\\"b"'],
  [
    '{{base64 .s}} {{base64 .b}} {{base64 .o}} {{base64 .n}}',
    { s: 'hi', b: Uint8Array.of(255), o: { a: 1 }, n: 1.5 },
    'aGk= /w== eyJhIjoxfQ== MS41',
  ],
  ['{{b64enc "hi"}} {{b64dec "aGk="}} {{sha256sum "a"}}', {}, 'aGk= hi ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
  [
    '{{add 1 2 3}} {{add .f 1}} {{add1 4}} {{sub 1 3}} {{mul 2 3 4}} {{div 7 2}} {{mod 7 4}} {{max 1 5 3}} {{min 4 2}}',
    { f: 20.9 },
    '6 21 5 -2 24 3 3 5 2',
  ],
  ['{{addf 1.5 2}} {{subf 3 0.5}} {{mulf 1.5 2}} {{divf 1 4}} {{maxf 1.5 2}} {{minf 1.5 2}}', {}, '3.5 2.5 3 0.25 2 1.5'],
  [
    '{{floor 1.7}} {{ceil 1.2}} {{round 1.2345 2}} {{round 2.5 0}} {{round -1.26 1}} {{round 1.005 2}} {{round 1234 -2}}',
    {},
    '1 2 1.23 3 -1.3 1.01 1200',
  ],
  ['{{int 1.9}} {{int64 "42"}} {{float64 "1.5"}} {{int "x"}} {{int true}} {{toString 1.5}}', {}, '1 42 1.5 0 1 1.5'],
  ['{{upper "aé"}} {{lower "AÉ"}} {{title "hello wide world"}} {{untitle "Hello World"}}', {}, 'AÉ aé Hello Wide World hello world'],
  ['[{{trim " a "}}] {{trimAll "$" "$5$"}} {{trimPrefix "-" "-a-"}} {{trimSuffix "-" "-a-"}}', {}, '[a] 5 a- -a'],
  [
    '{{replace "a" "b" "banana"}} {{contains "an" "banana"}} {{hasPrefix "b" "banana"}} {{hasSuffix "x" "banana"}}',
    {},
    'bbnbnb true true false',
  ],
  ['{{(split "/" "a/b/c")._1}} {{splitList "," "a,b"}} {{join "-" (list 1 "b" nil 2.5)}} {{join "-" "x"}}', {}, 'b [a b] 1-b-2.5 x'],
  [
    '{{substr 0 5 "hello world"}}|{{substr 6 -1 "hello world"}}|{{trunc 5 "hello world"}}|{{trunc -5 "hello world"}}',
    {},
    'hello|world|hello|world',
  ],
  ['{{repeat 3 "ab"}} {{nospace " a b "}} {{indent 2 "a\\nb"}}{{nindent 1 "c"}} {{cat 1 "b" nil}}', {}, 'ababab ab   a\n  b\n c 1 b'],
  ['{{quote "a\\"b" 1 nil}} {{squote "a"}}', {}, '"a\\"b" "1" \'a\''],
  [
    '{{.x | default "d"}} {{default "d" .s}} {{default 1 0}} {{empty .x}} {{coalesce .x "" "c"}} {{ternary "y" "n" true}} {{false | ternary "y" "n"}}',
    { s: 's' },
    'd s 1 true c y n',
  ],
  [
    '{{$d := dict "a" 1 "b" 2}}{{$_ := set $d "c" 3}}{{$_ = unset $d "a"}}{{$d}} {{get $d "c"}}[{{get $d "x"}}] {{hasKey $d "b"}} {{keys $d}} {{values $d}} {{pick $d "b"}} {{omit $d "b"}}',
    {},
    'map[b:2 c:3] 3[] true [b c] [2 3] map[b:2] map[c:3]',
  ],
  [
    '{{$l := list 3 1 2}}{{first $l}} {{last $l}} {{rest $l}} {{initial $l}} {{append $l 4}} {{prepend $l 0}} {{concat $l $l}} {{reverse $l}} {{sortAlpha $l}}',
    {},
    '3 2 [1 2] [3 1] [3 1 2 4] [0 3 1 2] [3 1 2 3 1 2] [2 1 3] [1 2 3]',
  ],
  [
    '{{uniq (list 1 2 1.0 "a" "a")}} {{has 2 (list 1 2)}} {{has "x" .missing}} {{without (list 1 2 3) 2}} {{first .missing}}',
    {},
    '[1 2 a] true false [1 3] <no value>',
  ],
  ['{{typeOf 1}} {{typeOf 1.5}} {{kindOf .}} {{kindIs "string" "a"}}', {}, 'int float64 map true'],
  [
    '{{now}} {{now | date "2006-01-02T15:04:05.000Z07:00"}} {{unixEpoch now}}',
    {},
    '2024-02-29 12:34:56.789 +0000 UTC 2024-02-29T12:34:56.789Z 1709210096',
  ],
  [
    '{{date "Mon Jan _2 3:04:05PM 06 MST -0700 002" 1709210096}} {{date "Monday, January 2" "2024-03-01"}}',
    {},
    'Thu Feb 29 12:34:56PM 24 UTC +0000 060 Friday, March 1',
  ],
])('%s', (template, data, expected) => {
  expect(render(template, data as Value)).toBe(expected)
})

test('uuidv4 makes another one each time', () => {
  expect(render('{{uuidv4}}')).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
})

test.each([
  ['a\nb {{.x | foo}}', 2, 10, 'function "foo" is not defined'],
  ['{{if .x}}\n{{uper .y}}{{end}}', 2, 3, 'function "uper" is not defined'],
  ['{{.x', 1, 1, 'the action is not closed'],
  ['{{if .x}}', 1, 10, 'the template ends in a block'],
  ['{{prop "x"}}', 1, 3, 'function "prop" is not defined'],
  ['{{call .x}}', 1, 3, 'function "call" is not defined'],
])('a mistake in %j is reported with its place', (template, line, column, message) => {
  const error = failure(template)
  expect(error).toMatchObject({ code: 'config_invalid', position: { line, column } })
  expect(error.message).toContain(message)
})

test('a misspelt function is answered with a suggestion', () => {
  expect(failure('{{uper .y}}').hint).toContain('upper')
})

test.each([
  ['ok\n  {{.a.b.c}}', { a: { b: 1 } }, 2, 9, 'a value of type float64 has no member c'],
  ['{{upper .missing}}', {}, 1, 3, 'expected string, got nothing'],
  ['{{div 1 0}}', {}, 1, 3, 'division by zero'],
  ['{{fail "no"}}', {}, 1, 3, 'no'],
  ['{{b64dec "***"}}', {}, 1, 3, 'not base64'],
  ['{{json .x}}', { x: Number.NaN }, 1, 3, 'NaN'],
])('a row that %j cannot render is an error of the row, with the place', (template, data, ...[line, column, message]) => {
  const error = failure(template, data)
  expect(error).toMatchObject({ code: 'row_failed', position: { line, column } })
  expect(error.message).toContain(message)
})

test('members of prototypes are missing, own ones of the same name are not', () => {
  const template = '{{.toString}} {{.constructor}} {{.__proto__}} {{index . "hasOwnProperty"}} {{.l.length}}'
  expect(render('{{.toString}} {{.constructor}} {{.__proto__}} {{index . "hasOwnProperty"}}', {})).toBe(
    '<no value> <no value> <no value> <no value>',
  )
  expect(failure(template, { l: [1] }).message).toContain('no member length')
  const hostile = JSON.parse('{"toString":1,"constructor":2,"__proto__":{"a":3}}') as Value
  expect(render('{{.toString}} {{.constructor}} {{.__proto__.a}} {{json .}}', hostile)).toBe(
    '1 2 3 {"toString":1,"constructor":2,"__proto__":{"a":3}}',
  )
  expect(render('{{$d := dict "__proto__" (dict "a" 1)}}{{$d.__proto__.a}} {{$d.a}} {{(split "," "x").__proto__}}')).toBe(
    '1 <no value> <no value>',
  )
  expect(failure('{{constructor}}').code).toBe('config_invalid')
  expect(failure('{{__proto__ 1}}').code).toBe('config_invalid')
})

test('a template never changes the row that it renders', () => {
  const row = { a: 1 }
  expect(render('{{(set . "b" 2).b}} {{(unset . "a").a}} {{.}}', row)).toBe('2 <no value> map[a:1]')
  expect(row).toEqual({ a: 1 })
})

test.each([
  ['repeat', '{{repeat 100000000 "aaaaaaaaaa"}}'],
  ['doubling texts', '{{$s := "abcdefgh"}}{{range 60}}{{$s = print $s $s}}{{end}}'],
  ['doubling lists', '{{$l := list 1 2}}{{range 60}}{{$l = concat $l $l}}{{end}}'],
  ['long output', '{{range 1000000}}{{repeat 1000 "x"}}{{end}}'],
  ['loops', '{{range 1000000}}{{range 1000000}}{{end}}{{end}}'],
  ['recursion', '{{define "t"}}{{template "t"}}{{end}}{{template "t"}}'],
  ['wide formats', '{{printf "%999999999d" 1}}'],
  ['a dict in itself', '{{$d := dict}}{{$_ := set $d "a" $d}}{{$d}}'],
])('%s without end are an error of the row', (_name, template) => {
  expect(failure(template).code).toBe('row_failed')
})

test.each([
  ['parentheses', `{{${'('.repeat(5000)}1${')'.repeat(5000)}}}`],
  ['blocks', `${'{{if 1}}'.repeat(5000)}${'{{end}}'.repeat(5000)}`],
  ['else if', `{{if 0}}${'{{else if 0}}'.repeat(5000)}{{end}}`],
  ['defines', '{{block "a" 1}}'.repeat(5000) + '{{end}}'.repeat(5000)],
  ['length', `{{1}}${'x'.repeat(2_000_000)}`],
])('a template with too much of %s is refused', (_name, template) => {
  expect(failure(template).code).toBe('config_invalid')
})

test('a long chain of members and many actions are no problem', () => {
  expect(render(`{{.${Array.from({ length: 50 }, () => 'a').join('.')}}}`)).toBe('<no value>')
  expect(render('{{.a}}'.repeat(20_000), { a: 'x' })).toBe('x'.repeat(20_000))
})

test('one compiled template serves many rows and keeps nothing between them', () => {
  const template = compileTemplate('{{$x := .a}}{{with .b}}{{$x = .}}{{end}}{{$x}}')
  expect([{ a: 1 }, { a: 1, b: 2 }, { a: 3 }].map((row) => template(row))).toEqual(['1', '2', '3'])
})
