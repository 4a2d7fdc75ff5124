import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { generate } from './generate.ts'

const wit = new URL('../../../wit/plugin.wit', import.meta.url)
const folder = new URL('../assembly/generated/', import.meta.url)

await mkdir(folder, { recursive: true })
for (const [name, text] of generate(await readFile(wit, 'utf8'))) await writeFile(new URL(name, folder), text)
