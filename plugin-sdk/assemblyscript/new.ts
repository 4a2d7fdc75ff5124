import process from 'node:process'
import { parseArgs } from 'node:util'
import { createPlugin } from './build/create.ts'
import { BuildError, isTemplate, TEMPLATES } from './build/project.ts'

const USAGE = `usage: new.ts --kind ${TEMPLATES.join('|')} <folder>\n`

/** `npx node plugin-sdk/assemblyscript/new.ts --kind sink plugins/my-sink` */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { kind: { type: 'string', default: '' } }, allowPositionals: true })
  const [folder = '', ...more] = positionals
  if (!isTemplate(values.kind) || folder === '' || more.length > 0) {
    process.stderr.write(USAGE)
    return 2
  }
  await createPlugin(values.kind, folder)
  process.stdout.write(
    `${folder}: edit assembly/${values.kind}.ts, then build it with npm run plugins -- ${folder.replace(/^plugins\//, '')}\n`,
  )
  return 0
}

try {
  process.exitCode = await main()
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof BuildError) && !(error instanceof TypeError)) throw error
  process.stderr.write(error instanceof TypeError ? `${message}\n${USAGE}` : `${message}\n`)
  process.exitCode = error instanceof TypeError ? 2 : 1
}
