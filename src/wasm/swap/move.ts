import type { Contribution } from '../../api/definition.ts'
import type { PluginMove } from '../../api/plugin.ts'
import { type PlutinoError as Problem, PlutinoError, toPlutinoError } from '../../base/errors.ts'
import type { PluginCode } from '../plugin-code.ts'
import type { Prepared, Use } from './plugin-line.ts'

/** Starts `next` beside what runs of the line of `from`. Rejects with `plugin_invalid` when it does not start somewhere. */
export async function prepareMove(from: PluginCode, next: PluginCode, failed?: (error: Problem) => void): Promise<PluginMove> {
  const { line } = from
  const restart = replacedOtherwise(from, next)
  // the rules of what differs start anew; what else the plugin is moves
  const moves = ({ kind }: Use<PluginCode>): boolean => !restart.some((one) => one.kind === kind)
  const prepared = new Map<Use<PluginCode>, Prepared>()
  const cancel = async (): Promise<void> => {
    await Promise.all([...prepared.values()].map((one) => one.cancel()))
  }
  const prepareAll = async (): Promise<void> => {
    const fresh = [...line.uses].filter((use) => !prepared.has(use) && moves(use))
    const answers = await Promise.allSettled(fresh.map(async (use) => prepared.set(use, await use.prepare(next))))
    const at = answers.findIndex((one) => one.status === 'rejected')
    const [bad, use] = [answers[at], fresh[at]]
    if (bad?.status === 'rejected') throw refused(next, bad.reason, use)
  }
  try {
    await prepareAll()
  } catch (error) {
    await cancel()
    throw error
  }
  return {
    restart,
    cancel,
    async commit() {
      next.line = line
      line.follow(next, failed)
      try {
        await prepareAll()
        await commitAll(prepared, next)
      } catch (error) {
        line.follow(from, undefined)
        await Promise.all([...line.uses].filter(moves).map(async (use) => (await use.prepare(from)).commit()))
        throw error
      }
    },
  }
}

async function commitAll(prepared: ReadonlyMap<Use<PluginCode>, Prepared>, next: PluginCode): Promise<void> {
  const uses = [...prepared.keys()]
  const done = await Promise.allSettled([...prepared.values()].map((one) => one.commit()))
  const at = done.findIndex((one) => one.status === 'rejected')
  const bad = done[at]
  if (bad?.status === 'rejected') throw refused(next, bad.reason, uses[at])
}

function refused({ name, version }: PluginCode, reason: unknown, use: Use<PluginCode> | undefined): PlutinoError {
  const cause = toPlutinoError(reason)
  const where = use === undefined ? '' : ` in rule ${use.rule}`
  return new PlutinoError('plugin_invalid', `version ${version} of plugin ${name} does not start${where}: ${cause.message}`, {
    cause,
    hint: 'the version before goes on',
  })
}

/** Statements are planned with what a function and a source say about themselves: when that changes they are planned anew. */
function replacedOtherwise(from: PluginCode, next: PluginCode): readonly Contribution[] {
  const functions = from.functions.every((one) => next.functions.some((other) => sameFunction(one, other)))
  const [before, after] = [from.contribution('source'), next.contribution('source')]
  const source = before?.payload === after?.payload && before?.delivery === after?.delivery
  return from.contributions.filter((one) => {
    if (next.keepsState && !from.keepsState) return true
    if (one.kind === 'function') return !functions
    if (one.kind === 'source') return !source
    return next.contribution('sink') === undefined
  })
}

function sameFunction(one: PluginCode['functions'][number], other: PluginCode['functions'][number]): boolean {
  return JSON.stringify({ ...one, doc: '' }) === JSON.stringify({ ...other, doc: '' })
}
