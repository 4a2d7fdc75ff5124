import { getCompileCacheDir } from 'node:module'
import { extname } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Compiled code and stripped types are kept, as those of the main thread are: without them each thread would read the compiler first, and take
 * twice as long to start. Plain JavaScript for the same reason.
 */
const START = `
const { enableCompileCache } = require('node:module')
const [, , file, folder] = process.argv
enableCompileCache(folder)
import(file)
`

/** Starts a thread. `file`: its code, without the suffix. */
export function startThread(file: URL, options: Omit<WorkerOptions, 'argv' | 'eval'>): Worker {
  const code = file.href + extname(import.meta.url)
  const folder = getCompileCacheDir()
  return new Worker(START, { ...options, eval: true, argv: folder === undefined ? [code] : [code, folder] })
}
