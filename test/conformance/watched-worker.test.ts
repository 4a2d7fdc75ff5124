import { expect, onTestFinished, test } from 'vitest'
import { WatchedWorker } from './watched-worker.ts'

/** Does what the case says: `hang`, `die`, `throw`; answers everything else. */
const SCRIPT = `
  import { parentPort } from 'node:worker_threads'
  parentPort.on('message', (text) => {
    if (text === 'hang') for (;;);
    if (text === 'die') process.exit(1)
    if (text === 'throw') throw new Error('thrown')
    parentPort.postMessage({ failure: text })
  })`

test('a case that hangs, throws or ends the thread fails alone', async () => {
  const worker = new WatchedWorker(1000, new URL(`data:text/javascript,${encodeURIComponent(SCRIPT)}`))
  onTestFinished(() => worker.close())
  const verdicts: (string | undefined)[] = []
  for (const text of ['one', 'hang', 'two', 'die', 'throw', 'three']) verdicts.push((await worker.run(text)).failure)
  expect(verdicts).toEqual(['one', 'the runner did not come back in 1000 ms', 'two', 'the runner died', 'the runner died: thrown', 'three'])
})
