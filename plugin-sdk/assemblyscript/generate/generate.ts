import { readWit } from '../../wit/read.ts'
import { worldItems, type Definition, type Interface } from '../../wit/model.ts'
import { exportGlue, type Exports } from './exports.ts'
import { hostClasses } from './host.ts'
import { Marshal } from './marshal.ts'
import { className } from './names.ts'

const HEAD = '// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.\n'
const RESULT = ['Box', 'Pair', 'Result', 'Unit', 'ok', 'err']
const CABI = ['alloc', 'liftString', 'lowerString', 'mark', 'release', 'reset']
const WORLD = '-plugin'

interface Module {
  readonly from: string
  readonly names: readonly string[]
}

/** All generated files of the SDK by name: classes, host functions, and glue for the worlds `<kind>-plugin` of the WIT. */
export function generate(wit: string): ReadonlyMap<string, string> {
  const pkg = readWit(wit)
  const marshal = new Marshal(pkg)
  const worlds = [...pkg.worlds.keys()].filter((name) => name.endsWith(WORLD))
  const imported = new Map(worlds.flatMap((world) => worldItems(pkg, world).imports.map((each): [string, Interface] => [each.id, each])))
  const host = [...imported.values()].map((each) => hostClasses(each, marshal)).join('')
  const glue = new Map(
    worlds.map((world) => [world.slice(0, -WORLD.length), merge(worldItems(pkg, world).exports.map((each) => exportGlue(each, marshal)))]),
  )
  const definitions = [...pkg.interfaces.values()].flatMap((each) => [...each.types.values()])
  refuseDoubles(definitions.map((d) => className(d.name)))
  const types = definitions.map((d) => marshal.types.declare(d)).join('')
  const modules = (base: string, own: string): Module[] => [
    { from: `${base}result`, names: RESULT },
    { from: `${base}cabi`, names: CABI },
    { from: `${base}unread`, names: ['Unread'] },
    { from: `${own}types`, names: definitions.flatMap(typeNames) },
    { from: `${own}host`, names: definitions.filter((d) => d.kind === 'resource').map((d) => className(d.name)) },
    { from: `${own}codec`, names: marshal.names },
  ]
  const inside = modules('../', './')
  const files = new Map<string, string>([
    ['types.ts', file(types, inside)],
    ['codec.ts', file(marshal.code, inside)],
    ['host.ts', file(host, inside)],
    ['plugin.wit', wit],
    [
      'exports.json',
      `${JSON.stringify(Object.fromEntries([...glue].map(([kind, { names, signatures }]) => [kind, { names, signatures }])), null, 2)}\n`,
    ],
  ])
  // The build puts these files beside the author's folder: hence their other paths.
  for (const [kind, { code }] of glue) {
    files.set(
      `exports-${kind}.ts`,
      file(code, modules('plutino/', 'plutino/generated/'), `import * as plugin from "../assembly/${kind}";\n`),
    )
  }
  return files
}

const typeNames = (d: Definition): string[] => {
  if (d.kind === 'resource' || d.kind === 'alias') return []
  return d.kind === 'variant' ? [className(d.name), `${className(d.name)}Tag`] : [className(d.name)]
}

function file(code: string, modules: readonly Module[], more = ''): string {
  const imports = modules.map(({ from, names }) => {
    const used = names.filter(
      (name) =>
        new RegExp(`\\b${name}\\b`).test(code) &&
        !new RegExp(`export (?:class|function|enum) ${name}\\b|@final export class ${name}\\b`).test(code),
    )
    return used.length === 0 ? '' : `import {\n${used.map((name) => `${name},\n`).join('')}} from "${from}";\n`
  })
  return `${HEAD}${indent(imports.join('') + more + code)}`
}

/** By braces and parentheses; the generated text has none inside strings and comments. */
function indent(code: string): string {
  let depth = 0
  return code
    .split('\n')
    .map((raw) => {
      const line = raw.trim()
      const bare = line.startsWith('*') || line.startsWith('/*') || line.startsWith('//') ? '' : line
      const closing = /^[})]+/.exec(bare)?.[0].length ?? 0
      const at = Math.max(0, depth - closing)
      depth += count(bare, /[{(]/g) - count(bare, /[})]/g)
      if (line === '') return ''
      return `${'  '.repeat(at)}${line.startsWith('*') ? ' ' : ''}${line}`
    })
    .join('\n')
}

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0

function merge(glue: readonly Exports[]): Exports {
  const names = Object.fromEntries(glue.flatMap((each) => Object.entries(each.names)))
  return { code: glue.map((each) => each.code).join(''), names, signatures: glue.flatMap((each) => each.signatures) }
}

function refuseDoubles(names: readonly string[]): void {
  const double = names.find((name, i) => names.indexOf(name) !== i)
  if (double !== undefined) throw new Error(`two types of the WIT would get the class ${double}`)
}
