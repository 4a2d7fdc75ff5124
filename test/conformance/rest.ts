// The recorded behaviour over REST: starts a server of its own and runs the checker that lies beside the recordings. Fails for every
// case that fails and is not in unmarked.json: what DIFFERENCES.md decides otherwise although the recording has no mark for it.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ServerProcess } from '../support/server-process.ts'

const CHECKER = fileURLToPath(new URL('../../../shared/tools/conformance/conformance.mjs', import.meta.url))
const unmarked = new Set(Object.keys(JSON.parse(readFileSync(new URL('unmarked.json', import.meta.url), 'utf8')) as object))

async function main(): Promise<number> {
  const server = await ServerProcess.start({ env: { TZ: 'UTC', PLUTINO__SOURCE__HTTPSERVERPORT: '0' } })
  try {
    const args = [CHECKER, 'check', '--url', server.url, '--show', '0', ...process.argv.slice(2)]
    const text = await promisify(execFile)(process.execPath, args, { maxBuffer: 64e6 }).then(
      ({ stdout }) => stdout,
      (error: { readonly stdout?: string }) => error.stdout ?? '',
    )
    process.stdout.write(text)
    const failed = (/^also failed: (.*)$/m.exec(text)?.[1] ?? '').split(' ').filter((id) => id !== '')
    const wrong = failed.filter((id) => !unmarked.has(id))
    if (!/\d+ passed, \d+ failed/.test(text)) return 2
    process.stdout.write(`${failed.length - wrong.length} of the failed are decided by DIFFERENCES.md without a mark\n`)
    if (wrong.length > 0) process.stdout.write(`failed: ${wrong.join(' ')}\n`)
    return wrong.length > 0 ? 1 : 0
  } finally {
    await server.stop()
  }
}

process.exitCode = await main()
