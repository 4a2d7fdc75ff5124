// node test/support/componentize.js BUILDER SOURCE WIT WORLD OUT: a component of a JavaScript file, with the engine that comes with jco.
import { readFileSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const [, , builder, source, wit, worldName, out] = process.argv
const jco = import.meta.resolve('@bytecodealliance/jco')

// the builder uses this package without naming it as its own, so that where npm puts it is left to chance
registerHooks({
  resolve: (name, context, next) =>
    next(name, name.startsWith('@bytecodealliance/preview2-shim') ? { ...context, parentURL: jco } : context),
})

const { componentize } = await import(builder)
const { component } = await componentize(readFileSync(source, 'utf8'), readFileSync(wit, 'utf8'), {
  worldName,
  disableFeatures: ['http', 'fetch-event'],
})
writeFileSync(out, component)
