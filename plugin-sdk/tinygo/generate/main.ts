import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate } from './generate.ts'

/** `npx node plugin-sdk/tinygo/generate/main.ts`, then `gofmt -w plugin-sdk/tinygo`. */
const sdk = fileURLToPath(new URL('../', import.meta.url))
const wit = await readFile(new URL('../../../wit/plugin.wit', import.meta.url), 'utf8')
for (const [name, text] of generate(wit)) {
  const file = path.join(sdk, name)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
}
