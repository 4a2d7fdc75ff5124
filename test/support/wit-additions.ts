import { isDeepStrictEqual } from 'node:util'
import type { WitFunction, WitInterface, WitPackage } from '../../src/wasm/wit/model.ts'

/**
 * What in `working` would break a component that was built against `released`. Within one first number: types and functions stay as they are;
 * the host's interfaces may get more of them; a guest's interface stays whole, as old guests have not what is new: new ones stand beside it.
 */
export function breaks(released: WitPackage, working: WitPackage): readonly string[] {
  const found: string[] = []
  if (working.name !== released.name) found.push(`the package ${released.name} is called ${working.name}`)
  if (working.version.split('.')[0] !== released.version.split('.')[0]) return found
  const guests = new Set([...released.worlds.values()].flatMap((world) => world.exports))
  for (const [name, before] of released.interfaces) {
    const now = working.interfaces.get(name)
    found.push(...(now === undefined ? [`interface ${name} is gone`] : interfaceBreaks(before, now, guests.has(name))))
  }
  for (const [name, before] of released.worlds) {
    const now = working.worlds.get(name)
    if (now === undefined) found.push(`world ${name} is gone`)
    else if (!isDeepStrictEqual(now.exports, before.exports)) found.push(`world ${name} exports something else`)
    else if (before.imports.some((one) => !now.imports.includes(one))) found.push(`world ${name} imports less`)
  }
  return found
}

function interfaceBreaks(before: WitInterface, now: WitInterface, whole: boolean): readonly string[] {
  const { name } = before
  const types = [...before.types]
    .filter(([type, is]) => !isDeepStrictEqual(now.types.get(type), is))
    .map(([type]) => `type ${name}.${type} changed`)
  const ofNow = new Map(now.functions.map((one) => [one.name, one]))
  const functions = before.functions
    .filter((one) => !isDeepStrictEqual(shape(ofNow.get(one.name)), shape(one)))
    .map((one) => `function ${name}.${one.name} changed`)
  const resources = before.resources.filter((one) => !now.resources.includes(one)).map((one) => `resource ${name}.${one} is gone`)
  const more = whole && now.functions.length > before.functions.length ? [`interface ${name} of guests got more functions`] : []
  return [...types, ...functions, ...resources, ...more]
}

/** Names of parameters are no part of a call. */
function shape(signature: WitFunction | undefined): unknown {
  return signature && { params: signature.params.map((one) => one.type), result: signature.result }
}
