import { existsSync } from 'node:fs'

/** Set by a build that promises every service: there a missing one is a failure, not a reason to skip. */
const required = process.env['CI'] === 'true'

/** Path of the mosquitto to test with; undefined: tests that need one are skipped, and listed as skipped. */
export function mosquittoBinary(): string | undefined {
  return service('PLUTINO_TEST_MOSQUITTO', (path) => existsSync(path))
}

/** The value of `variable` when it names a service that is there. Throws when it names none, or is not set where it must be. */
export function service(variable: string, exists: (value: string) => boolean = () => true): string | undefined {
  const value = process.env[variable]
  if (value === undefined || value === '') {
    if (required) throw new Error(`CI=true, but ${variable} is not set`)
    return undefined
  }
  if (!exists(value)) throw new Error(`${variable}=${value} does not exist`)
  return value
}
