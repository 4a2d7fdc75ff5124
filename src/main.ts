import { runClient } from './cli/run.ts'
import { usage } from './cli/usage.ts'
import { systemClock } from './base/clock.ts'
import { toPlutinoError } from './base/errors.ts'

/** The command `plutino`: `server` starts one, everything else talks to one. */
export async function main(argv: readonly string[]): Promise<void> {
  const [command, ...rest] = argv
  if (command === 'plugin') {
    process.exitCode = await forAuthors(rest)
    return
  }
  if (command !== 'server') {
    process.exitCode = await runClient(argv, {
      out: (text) => process.stdout.write(`${text}\n`),
      err: (text) => process.stderr.write(`${text}\n`),
    })
    return
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${usage()}\n`)
    return
  }
  // What they are written to may be full, as the disk with a file of the log: the server goes on.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {})
  try {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
    // The client needs nothing of the server.
    const { startServer } = await import('./start-server.ts')
    const server = await startServer(rest, ask)
    const stop = stopOnSignals(() => server.close())
    void asked.then(stop)
  } catch (error) {
    const { message, hint } = toPlutinoError(error)
    for (const line of message.split('\n')) process.stderr.write(`error: ${line}\n`)
    if (hint !== undefined) process.stderr.write(`hint: ${hint}\n`)
    // A part that started before the one that failed may hold the process.
    process.exit(1)
  }
}

/** `plutino plugin …`: the tools of those who write plugins. Compilers are large: nothing of them is loaded otherwise. */
async function forAuthors(argv: readonly string[]): Promise<number> {
  const { runAuthorCommand } = await import('../plugin-sdk/cli/run.ts')
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  const { stderr } = process
  const status = (text: string): void => void stderr.write(`\r\u001b[K${text}`)
  return runAuthorCommand(argv, {
    clock: systemClock,
    signal: stop.signal,
    terminal: {
      out: (text) => process.stdout.write(`${text}\n`),
      err: (text) => stderr.write(`${text}\n`),
      ...(stderr.isTTY ? { status } : {}),
    },
  })
}

/** SIGINT, SIGTERM and the function that it gives end the server in order; a second time ends it at once. */
function stopOnSignals(close: () => Promise<void>): () => void {
  let stopping = false
  const stop = (): void => {
    if (stopping) process.exit(130)
    stopping = true
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return stop
}
