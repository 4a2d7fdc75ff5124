// npm run fuzz [-- --seconds N | --count N] [--seed N]: mutated statements; each must end in a tree or in an error with a place inside of it.
import { parseArgs } from 'node:util'
import { check } from './check.ts'
import { Mutator } from './mutator.ts'
import { seeds } from './seeds.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string' }, count: { type: 'string' }, seed: { type: 'string' } } })
const seconds = values.seconds === undefined ? Infinity : Number(values.seconds)
const count = values.count !== undefined ? Number(values.count) : seconds === Infinity ? 1_000_000 : Infinity
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed)
if (Number.isNaN(seconds + count + seed)) throw new Error('--seconds, --count and --seed are numbers')

const texts = seeds()
const mutator = new Mutator(texts, seed)
const begin = performance.now()
const tally = { tree: 0, plan: 0, error: 0 }
const faults: string[] = []
let done = 0
for (; done < count && faults.length < 10; done++) {
  if (done % 256 === 0 && performance.now() - begin > seconds * 1000) break
  const text = mutator.next()
  const { end, fault } = check(text)
  tally[end]++
  if (fault !== undefined) faults.push(`${fault}\n    ${JSON.stringify(text.length > 2000 ? `${text.slice(0, 2000)}…` : text)}`)
}
const took = (performance.now() - begin) / 1000
process.stdout.write(
  `${done.toLocaleString('en-US')} statements made of ${texts.length} with seed ${seed} in ${took.toFixed(0)} s: ` +
    `${tally.plan} planned, ${tally.tree} trees that no plan can be made of, ${tally.error} errors with a place, ${faults.length} faults\n`,
)
for (const fault of faults) process.stdout.write(`FAULT ${fault}\n`)
process.exitCode = faults.length > 0 ? 1 : 0
