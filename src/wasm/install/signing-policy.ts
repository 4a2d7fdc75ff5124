import { createPublicKey, type KeyObject } from 'node:crypto'
import { PlutinoError } from '../../base/errors.ts'
import type { PluginSettings } from '../../config/setting-fields.ts'
import type { SigningPolicy } from './signature.ts'

/** What the settings say about signatures. Throws `config_invalid` for keys that are none: a server that should be strict must not start lax. */
export function signingPolicy(
  { trustedKeys, requireSignature }: Pick<PluginSettings, 'trustedKeys' | 'requireSignature'>,
  readFile: (file: string) => string | undefined,
): SigningPolicy {
  const trusted = trustedKeys.map((given, i) => readKey(given, `plugin.trustedKeys[${i}]`, readFile))
  if (requireSignature && trusted.length === 0) {
    throw new PlutinoError('config_invalid', 'plugin.requireSignature demands signatures, but plugin.trustedKeys names no key', {
      hint: '`plutino plugin keygen` makes one',
    })
  }
  return { trusted, required: requireSignature }
}

function readKey(given: string, place: string, readFile: (file: string) => string | undefined): KeyObject {
  const text = given.includes('-----BEGIN') ? given : readFile(given)
  if (text === undefined) throw new PlutinoError('config_invalid', `${place}: the file ${given} cannot be read`)
  // A secret key would be taken too, and shown to whoever can read the settings.
  if (text.includes('PRIVATE KEY'))
    throw new PlutinoError('config_invalid', `${place}: this is a secret key; servers need the public one (.pub.pem)`)
  try {
    const key = createPublicKey(text)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // told below
  }
  throw new PlutinoError('config_invalid', `${place}: expected a public ed25519 key in PEM`, { hint: '`plutino plugin keygen` makes one' })
}
