import { worldItems, type Definition, type Interface } from '../../wit/model.ts'
import { readWit } from '../../wit/read.ts'
import { Functions } from './functions.ts'
import { Marshal } from './marshal.ts'
import { exported } from './names.ts'

const HEAD = '// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.\n\n'
const ABI = 'plutino/sdk/internal/abi'

/** All generated files of the SDK by name, not formatted yet. */
export function generate(wit: string): ReadonlyMap<string, string> {
  const pkg = readWit(wit)
  const marshal = new Marshal(pkg)
  const functions = new Functions(pkg, marshal)
  const worlds = [...pkg.worlds.keys()].filter((name) => name.endsWith('-plugin')).map((name) => worldItems(pkg, name))
  const unique = (lists: readonly (readonly Interface[])[]): readonly Interface[] => [...new Set(lists.flat())]
  const imported = unique(worlds.map(({ imports }) => imports))
  const made = unique(worlds.map(({ exports }) => exports))
  const files = new Map<string, string>()
  for (const each of imported) files.set(`host/${each.name}/${each.name}.go`, file(each.name, functions.imports(each)))
  for (const each of made) files.set(`${each.name}/${each.name}.go`, file(each.name, functions.exports(each)))
  const definitions = [...pkg.interfaces.values()].flatMap((each) => [...each.types.values()])
  files.set('internal/abi/types.go', file('abi', definitions.map((each) => marshal.types.declare(each)).join('')))
  files.set('internal/abi/codec.go', file('abi', marshal.code))
  files.set('types.go', aliases(definitions, marshal))
  return files
}

/** Go's own names for the types, in the package that authors import. */
function aliases(definitions: readonly Definition[], marshal: Marshal): string {
  const lines = definitions.flatMap((each): string[] => {
    const name = exported(each.name)
    if (each.kind === 'enum')
      return [
        `type ${name} = abi.${name}`,
        `const (\n${each.cases.map((c) => `${name}${exported(c.name)} = abi.${name}${exported(c.name)}`).join('\n')}\n)`,
      ]
    if (each.kind === 'variant') {
      const own = marshal.types.cases(each.name, each.cases).filter(({ named }) => named)
      return [`type ${name} = abi.${name}`, ...own.map(({ go }) => `type ${go} = abi.${go}`)]
    }
    return each.kind === 'record' ? [`type ${name} = abi.${name}`] : []
  })
  return `${HEAD}package sdk\n\nimport "${ABI}"\n\n${lines.join('\n')}\n`
}

function file(name: string, code: string): string {
  const imports = [
    ...(/\bmath\./.test(code) ? ['"math"'] : []),
    ...(/\babi\./.test(code) ? [`"${ABI}"`] : []),
    ...(code.includes('//go:wasmimport') ? ['_ "unsafe"'] : []),
  ]
  const list = imports.length === 0 ? '' : `import (\n${imports.join('\n')}\n)\n\n`
  return `${HEAD}package ${name}\n\n${list}${code}`
}
