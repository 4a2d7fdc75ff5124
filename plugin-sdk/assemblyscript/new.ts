import process from 'node:process'
import { createPlugin } from './build/create.ts'
import { BuildError, isKind } from './build/project.ts'

/** `npx node plugin-sdk/assemblyscript/new.ts sink plugins/my-sink` */
const [kind = '', folder = ''] = process.argv.slice(2)
if (!isKind(kind) || folder === '') {
  process.stderr.write('usage: new.ts sink|source|function <folder>\n')
  process.exitCode = 2
} else {
  try {
    await createPlugin(kind, folder)
    process.stdout.write(`${folder}: edit assembly/${kind}.ts, then build it with npm run plugins -- ${folder.replace(/^plugins\//, '')}\n`)
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
