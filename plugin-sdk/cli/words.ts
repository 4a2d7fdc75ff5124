import path from 'node:path'
import process from 'node:process'

/** A size as people read it. */
export function kib(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`
}

/** A place as it is called from the working folder. */
export function near(file: string): string {
  const relative = path.relative(process.cwd(), file)
  return relative === '' ? '.' : relative.startsWith('..') ? path.resolve(file) : relative
}
