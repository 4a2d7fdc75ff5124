import type { PluginUse } from '../api/plugin.ts'
import type { Clock } from '../base/clock.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { nearest } from '../base/suggest.ts'
import type { Json } from '../config/field.ts'
import { isJsonObject } from '../config/json-object.ts'
import type { PluginLimitsGiven } from '../config/plugin-limits.ts'
import type { RuleSettings } from '../config/setting-fields.ts'
import { jsonText } from '../data/json-text.ts'
import type { Rule, Topology } from '../runtime/rule.ts'
import type { RuleSpec, RuleStatus } from '../runtime/spec.ts'
import { maskRule, unmaskRule } from './masking.ts'
import type { KvStore } from '../store/kv.ts'
import { parseRule, type RuleDefinition } from './rule-definition.ts'
import { healthOf, type RuleEntry, type RuleHealth, type RuleSummary, statusOf, summaryOf } from './rule-entry.ts'
import { buildSpec, explainRule, type RuleUses, type RuleWorld, usesOf } from './rule-spec.ts'
import { checkVersion, existing } from './rule-version.ts'
import { pluginStatus } from './plugins/plugin-status.ts'
import { Turns } from './turns.ts'

const NAMESPACE = 'rule'

export interface RuleParts extends RuleWorld {
  readonly store: KvStore
  readonly engine: { rule(id: string): Rule }
  readonly clock: Clock
  readonly log: Logger
  /** Options that a rule does not set itself. */
  readonly defaults: RuleSettings
  readonly pluginUses: () => readonly PluginUse[]
}

/** The rules that users created. Every change is stored before it is answered. */
export class Rules {
  readonly #parts: RuleParts
  readonly #rules = new Map<string, RuleEntry>()
  readonly #turns = new Turns()

  constructor(parts: RuleParts) {
    this.#parts = parts
  }

  /** Reads what is stored and starts the rules that ran. A rule that cannot be started shows why in its status. */
  async restore(): Promise<void> {
    for (const { key, value } of this.#parts.store.list(NAMESPACE)) this.#load(key, value)
    const wanted = [...this.#rules.values()].filter(({ triggered }) => triggered)
    await Promise.all(wanted.map((entry) => this.#tryStart(entry)))
  }

  /** Checks, stores and, unless `"triggered":false`, starts a rule. Gives its id. */
  async create(text: string): Promise<string> {
    const definition = parseRule(text, this.#parts.defaults)
    const { id } = definition
    return this.#turns.run(id, async () => {
      const old = this.#rules.get(id)
      if (old !== undefined) throw existing(old.definition, definition)
      await this.#add(definition, text)
      this.#parts.log.info('rule created', { rule: id })
      return id
    })
  }

  /** Takes the place of the rule, or creates it. When the new definition is wrong the old one goes on. */
  async update(id: string, text: string): Promise<void> {
    const { registry, defaults } = this.#parts
    const given = parseRule(text, defaults, id)
    await this.#turns.run(id, async () => {
      const entry = this.#rules.get(id)
      if (entry === undefined) {
        await this.#add(given, text)
        return
      }
      checkVersion(entry.definition, given)
      const json = unmaskRule(given.json, entry.definition.json, registry)
      const written = json === given.json ? text : JSON.stringify(json)
      const definition = parseRule(written, defaults, id)
      const spec = buildSpec(definition, this.#parts)
      this.#save({ text: written, definition, triggered: definition.triggered })
      Object.assign(entry, { text: written, definition, uses: usesOf(definition), triggered: definition.triggered, failure: undefined })
      await entry.rule.stop('stopped by update')
      if (definition.triggered) await entry.rule.start(spec)
      this.#parts.log.info('rule updated', { rule: id })
    })
  }

  /** Throws when there is no such rule. */
  async delete(id: string): Promise<void> {
    await this.#turns.run(id, async () => {
      const entry = this.#rules.get(id)
      if (entry === undefined) throw new PlutinoError('rule_invalid', `rule ${id} not found`, this.#suggest(id))
      this.#parts.store.delete(NAMESPACE, id)
      this.#rules.delete(id)
      await entry.rule.stop('deleted')
      this.#forget(entry.rule)
      this.#parts.log.info('rule dropped', { rule: id })
    })
  }

  /** With the streams and plugins as they are now. No-op while it runs. */
  async start(id: string): Promise<void> {
    await this.#turns.run(id, async () => {
      const entry = this.#registered(id)
      const spec = buildSpec(entry.definition, this.#parts)
      this.#trigger(entry, true)
      await entry.rule.start(spec)
    })
  }

  async stop(id: string): Promise<void> {
    await this.#turns.run(id, async () => {
      const entry = this.#registered(id)
      this.#trigger(entry, false)
      await entry.rule.stop()
    })
  }

  async restart(id: string): Promise<void> {
    await this.#turns.run(id, async () => {
      const entry = this.#registered(id)
      const spec = buildSpec(entry.definition, this.#parts)
      this.#trigger(entry, true)
      await entry.rule.stop()
      await entry.rule.start(spec)
    })
  }

  /** Names of the sources, when nothing is wrong with the rule; it is neither stored nor run. */
  validate(text: string): readonly string[] {
    const spec = this.#check(text)
    return spec.plan.sources.map(({ stream }) => stream)
  }

  list(): readonly RuleSummary[] {
    return this.#sorted().map(summaryOf)
  }

  healths(): Readonly<Record<string, RuleHealth>> {
    return Object.fromEntries(this.#sorted().map((entry) => [entry.rule.id, healthOf(entry)]))
  }

  /** The text as it was given, with secrets hidden, and with `triggered` when a start or a stop has changed it. */
  describe(id: string): string {
    const { definition, text, triggered } = this.#find(id)
    const masked = maskRule(definition.json, this.#parts.registry)
    if (masked === definition.json && triggered === definition.triggered) return text
    return JSON.stringify(triggered === definition.triggered ? masked : { ...masked, triggered })
  }

  explain(id: string): string {
    return explainRule(this.#find(id).definition, this.#parts)
  }

  /** To what it narrows the limits of plugins; undefined when there is no such rule. */
  pluginLimits(id: string): PluginLimitsGiven | undefined {
    return this.#rules.get(id)?.definition.options.limits
  }

  status(id: string): RuleStatus {
    const entry = this.#find(id, '')
    return { ...statusOf(entry), ...pluginStatus(this.#parts.pluginUses(), id, entry.uses.streams) }
  }

  topology(id: string): Topology {
    const topology = this.#find(id, '').rule.topology()
    if (topology !== undefined) return topology
    throw new PlutinoError('rule_invalid', `Fail to get rule ${id}'s topo, make sure the rule has been started before`)
  }

  /** The rows that the scan tables of a rule hold, as JSON. Throws `rule_invalid` when there are none. */
  tableRows(id: string): string {
    const rows = this.#find(id, '').rule.tableRows()
    if (rows.length > 0) return jsonText(rows.map(({ table, content }) => ({ emitter: table, content })))
    throw new PlutinoError('rule_invalid', `rule ${id} joins no scan table, or its tables have no rows yet`)
  }

  /** Ids of the rules that name this stream, sink type or function. */
  using(kind: keyof RuleUses, name: string): readonly string[] {
    const wanted = kind === 'streams' ? name : name.toLowerCase()
    return this.#sorted()
      .filter(({ uses }) => uses[kind].includes(wanted))
      .map(({ rule }) => rule.id)
  }

  /** Restarts those of the rules that shall run, because something that they use has changed. Failures show in their status, after `because`. */
  async reload(ids: readonly string[], because?: string): Promise<void> {
    await Promise.all(
      ids.map((id) =>
        this.#turns.run(id, async () => {
          const entry = this.#rules.get(id)
          if (entry?.triggered !== true) return
          await entry.rule.stop('stopped by update')
          await this.#tryStart(entry, because)
        }),
      ),
    )
  }

  /** Starts those of the rules that shall run and could not, because something that they use has come. */
  async revive(ids: readonly string[]): Promise<void> {
    const failed = ids.filter((id) => {
      const entry = this.#rules.get(id)
      return entry !== undefined && (entry.failure !== undefined || entry.rule.state === 'stopped by error')
    })
    await this.reload(failed)
  }

  /** How many there are. */
  get size(): number {
    return this.#rules.size
  }

  /** Stops all rules; those that ran are started by the next `restore`. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#rules.keys()].map((id) => this.#turns.run(id, async () => this.#rules.get(id)?.rule.stop('the server stops'))),
    )
  }

  async #add(definition: RuleDefinition, text: string): Promise<void> {
    const spec = buildSpec(definition, this.#parts)
    const rule = this.#parts.engine.rule(definition.id)
    const entry: RuleEntry = { rule, text, definition, uses: usesOf(definition), triggered: definition.triggered, failure: undefined }
    // A deletion that was cut short may have left something of a namesake.
    rule.forget()
    this.#save(entry)
    this.#rules.set(definition.id, entry)
    if (entry.triggered) await rule.start(spec)
  }

  #check(text: string): RuleSpec {
    return buildSpec(parseRule(text, this.#parts.defaults), this.#parts)
  }

  #load(id: string, record: Json): void {
    const { defaults, engine, log } = this.#parts
    try {
      const { text, triggered } = readRecord(record)
      const definition = parseRule(text, defaults, id)
      this.#rules.set(id, { rule: engine.rule(id), text, definition, uses: usesOf(definition), triggered, failure: undefined })
    } catch (error) {
      log.error('a stored rule cannot be read', { rule: id, error })
    }
  }

  async #tryStart(entry: RuleEntry, because?: string): Promise<void> {
    try {
      const spec = buildSpec(entry.definition, this.#parts)
      entry.failure = undefined
      await entry.rule.start(spec)
    } catch (error) {
      const problem = toPlutinoError(error)
      entry.failure = because === undefined ? problem : explained(problem, because)
      this.#parts.log.error('a rule cannot be started', { rule: entry.rule.id, error })
    }
  }

  #trigger(entry: RuleEntry, triggered: boolean): void {
    if (entry.triggered !== triggered) this.#save({ ...entry, triggered })
    entry.triggered = triggered
    entry.failure = undefined
  }

  /** The rule is gone, also when its state has to stay: the next one of this name drops that. */
  #forget(rule: Rule): void {
    try {
      rule.forget()
    } catch (error) {
      this.#parts.log.warn('the state of a deleted rule is still there', { rule: rule.id, error })
    }
  }

  #save({ text, triggered, definition }: Pick<RuleEntry, 'text' | 'triggered' | 'definition'>): void {
    if (!definition.temp) this.#parts.store.set(NAMESPACE, definition.id, { text, triggered })
  }

  #find(id: string, end = '.'): RuleEntry {
    const entry = this.#rules.get(id)
    if (entry === undefined) throw new PlutinoError('not_found', `Rule ${id} is not found${end}`, this.#suggest(id))
    return entry
  }

  #registered(id: string): RuleEntry {
    return this.#find(id, ' in registry, please check if it is created')
  }

  #suggest(id: string): { hint?: string } {
    const near = nearest(id, this.#rules.keys())
    return near === undefined ? {} : { hint: `did you mean "${near}"?` }
  }

  #sorted(): readonly RuleEntry[] {
    return [...this.#rules.values()].toSorted((a, b) => (a.rule.id < b.rule.id ? -1 : 1))
  }
}

function readRecord(record: Json): { text: string; triggered: boolean } {
  if (!isJsonObject(record) || typeof record['text'] !== 'string') throw new PlutinoError('internal', 'the record has no text')
  return { text: record['text'], triggered: record['triggered'] === true }
}

function explained({ code, message, hint }: PlutinoError, because: string): PlutinoError {
  return new PlutinoError(code, `${because}: ${message}`, hint === undefined ? {} : { hint })
}
