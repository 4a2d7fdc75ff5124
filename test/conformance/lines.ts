import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** One case as it stands in its file. */
export interface Line {
  readonly text: string
  readonly id: string
  readonly category: string
}

/** The cases of files, and of the files `*.jsonl` of folders; a path that does not exist is an error. */
export function readLines(paths: readonly string[]): readonly Line[] {
  return paths.flatMap(filesOf).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, index) => (text.trim() === '' ? [] : [lineOf(text, file, index + 1)])),
  )
}

function filesOf(place: string): readonly string[] {
  if (!existsSync(place)) throw new Error(`there is no file or folder ${place}`)
  if (!statSync(place).isDirectory()) return [place]
  const names = readdirSync(place).filter((name) => name.endsWith('.jsonl'))
  return names.toSorted().map((name) => path.join(place, name))
}

/** Cases without an id are named by file and line, and counted under the name of their file. */
function lineOf(text: string, file: string, number: number): Line {
  const name = path.basename(file, '.jsonl')
  const otherwise = { text, id: `${name}:${number}`, category: name }
  try {
    const { id, category }: { readonly id?: unknown; readonly category?: unknown } = JSON.parse(text)
    return typeof id === 'string' && typeof category === 'string' ? { text, id, category } : otherwise
  } catch {
    return otherwise
  }
}
