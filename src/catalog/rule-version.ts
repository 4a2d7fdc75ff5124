import { PlutinoError } from '../base/errors.ts'
import type { RuleDefinition } from './rule-definition.ts'

/** What a rule that is created, but there already, is refused with. */
export function existing(old: RuleDefinition, { id, version }: RuleDefinition): PlutinoError {
  const isLower = old.version !== '' && version !== '' && version <= old.version
  const text = isLower ? ` with version (${old.version}), new version (${version}) is lower` : ''
  return new PlutinoError('already_exists', `rule ${id} already exists${text}`, { hint: `PUT /rules/${id} changes it` })
}

/** Throws `already_exists` when a rule with a version is to be changed by one with the same version, or with a lower one. */
export function checkVersion(old: RuleDefinition, given: RuleDefinition): void {
  if (old.version !== '' && given.version !== '' && given.version <= old.version) throw existing(old, given)
}
