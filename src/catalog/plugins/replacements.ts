import type { Contribution } from '../../api/definition.ts'
import type { PluginHost, PluginMove, PluginPackage } from '../../api/plugin.ts'
import { type PlutinoError, toPlutinoError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Turns } from '../turns.ts'
import type { PluginEntries, PluginId } from './plugin-entries.ts'
import type { PluginEntry } from './plugin-entry.ts'
import type { PluginFolder } from './plugin-folder.ts'
import { currentOf, type VersionRecord } from './version-record.ts'

/** The rules that run what plugins define. */
export interface RulesOfPlugins {
  /** Ids of the rules that use one of these definitions. */
  readonly rulesUsing: (contributions: readonly Contribution[]) => readonly string[]
  /** Definitions went or changed: the rules that use them start anew. `because`: why they cannot, if they cannot. */
  readonly reloadRules: (ids: readonly string[], because?: string) => Promise<void>
  /** Definitions came: rules that waited for them start. */
  readonly reviveRules: (ids: readonly string[]) => Promise<void>
}

interface ReplacementParts extends RulesOfPlugins {
  readonly host: PluginHost
  readonly log: Logger
  readonly entries: PluginEntries
  readonly folder: PluginFolder
  readonly turns: Turns
}

interface Replacement {
  /** Goes back by itself when the first calls fail. */
  readonly trial: boolean
  /** Makes it count on the disk. */
  readonly store: () => Promise<VersionRecord>
}

/** Puts one version of a plugin into the place of another while rules run, and back when it turns out to be bad. */
export class Replacements {
  readonly #parts: ReplacementParts

  constructor(parts: ReplacementParts) {
    this.#parts = parts
  }

  /** Rejects with the old version at work, in the list and on the disk. */
  async replace(id: PluginId, plugin: PluginPackage, how: Replacement): Promise<void> {
    const old = this.#parts.entries.get(id)
    const contributions = this.#parts.entries.contributionsOf(id, plugin)
    const failed = (error: PlutinoError): void => void this.#failed(id, contributions, { old, error })
    const move = await this.prepareMove(old, contributions, how.trial ? failed : undefined)
    let record: VersionRecord | undefined
    try {
      record = await how.store()
    } catch (error) {
      await move?.cancel()
      throw error
    }
    this.#parts.entries.register({ ...id, plugin, record, copied: undefined }, contributions)
    try {
      await move?.commit()
    } catch (error) {
      await this.#restore(id, old, toPlutinoError(error).message)
      throw error
    }
    await this.reload(contributions, move)
  }

  /** Undefined: nothing moves. */
  async prepareMove(
    old: PluginEntry | undefined,
    next: readonly Contribution[],
    failed?: (error: PlutinoError) => void,
  ): Promise<PluginMove | undefined> {
    return old === undefined || old.contributions.length === 0 ? undefined : this.#parts.host.move(old.contributions, next, failed)
  }

  /** Rules that moved go on; those that cannot start anew, and those that waited for the plugin start. */
  async reload(contributions: readonly Contribution[], move: PluginMove | undefined): Promise<void> {
    const { rulesUsing, reloadRules, reviveRules } = this.#parts
    await reloadRules(rulesUsing(move?.restart ?? []))
    await reviveRules(rulesUsing(contributions))
  }

  /** The entry before counts again, on the disk and for rules that start. */
  async #restore(id: PluginId, old: PluginEntry | undefined, why: string): Promise<void> {
    if (old?.plugin === undefined) return
    const before = old.record === undefined ? undefined : currentOf(old.record)
    const record = before === undefined ? undefined : await this.#parts.folder.use(id.kind, id.name, before, why)
    if (before === undefined) await this.#parts.folder.remove(id.kind, id.name)
    this.#parts.entries.register({ ...id, plugin: old.plugin, record, copied: old.copied }, old.contributions)
  }

  /** First calls of a version failed in some rule: all go back. */
  async #failed(
    id: PluginId,
    bad: readonly Contribution[],
    { old, error }: { readonly old: PluginEntry | undefined; readonly error: PlutinoError },
  ): Promise<void> {
    try {
      await this.#parts.turns.run('', async () => {
        const entry = this.#parts.entries.get(id)
        if (old === undefined || entry?.contributions !== bad) return
        const move = await this.#parts.host.move(bad, old.contributions)
        await this.#restore(id, old, error.message)
        await move.commit()
        await this.#parts.reloadRules(this.#parts.rulesUsing(move.restart))
        this.#parts.log.error('a new version of a plugin failed its first calls and was rolled back', {
          plugin: id.name,
          kind: id.kind,
          version: entry.plugin?.description.version ?? '',
          error: error.message,
        })
      })
    } catch (cause) {
      this.#parts.log.error('a plugin could not be rolled back', { plugin: id.name, kind: id.kind, error: cause })
    }
  }
}
