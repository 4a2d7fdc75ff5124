import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { PluginSigning } from '../../api/plugin.ts'
import { PlutinoError } from '../../base/errors.ts'

/** The file of a package that holds its signature. */
export const SIGNATURE_FILE = 'signature'

/** First line of the file, and of what is signed: a signature made for another purpose does not count here. */
const FORM = 'plutino plugin signature 1'

/** Whose signatures count, and whether one is demanded. */
export interface SigningPolicy {
  readonly trusted: readonly KeyObject[]
  readonly required: boolean
}

/**
 * The hash of everything in a package but its signature: SHA-256, in hex, over a line `<sha256 of the content>  <name>` for each file, in the
 * order of the bytes of their names, as sha256sum prints them.
 */
export function contentHash(files: ReadonlyMap<string, Uint8Array>): string {
  const lines = [...files]
    .filter(([name]) => name !== SIGNATURE_FILE)
    .map(([name, content]) => ({ name: Buffer.from(name), sum: createHash('sha256').update(content).digest('hex') }))
    .toSorted((a, b) => Buffer.compare(a.name, b.name))
    .map(({ name, sum }) => `${sum}  ${name.toString()}\n`)
  return createHash('sha256').update(lines.join('')).digest('hex')
}

/** Content of the signature file of a package, made with a secret ed25519 key. */
export function signatureFor(files: ReadonlyMap<string, Uint8Array>, secret: KeyObject): Uint8Array {
  const key = createPublicKey(secret).export({ type: 'spki', format: 'der' }).toString('base64')
  const signature = sign(null, signedText(files), secret).toString('base64')
  return new Uint8Array(Buffer.from(`${FORM}\nkey ${key}\nsignature ${signature}\n`))
}

/** What the signature in a package says. */
export function readSigning(files: ReadonlyMap<string, Uint8Array>): PluginSigning {
  const { key } = check(files)
  return key === undefined ? { signed: 'no' } : { signed: 'yes', signedBy: fingerprint(key) }
}

/**
 * Throws `plugin_invalid` when the package has a signature that does not fit it, whatever the policy: whoever signed it meant something else.
 * And when the policy demands a signature and there is none that counts.
 */
export function enforceSigning(files: ReadonlyMap<string, Uint8Array>, { trusted, required }: SigningPolicy): void {
  const { key, error } = check(files)
  if (error !== undefined) {
    throw new PlutinoError('plugin_invalid', `the package is refused: its signature does not count: ${error}`, {
      hint: 'get it again from whoever signed it; its author signs it again with `plutino plugin sign`, or leaves the file `signature` out',
    })
  }
  if (!required) return
  if (key === undefined) throw refusal('it is not signed', 'sign it with `plutino plugin sign`')
  if (trusted.some((one) => one.equals(key))) return
  const known = trusted.map(fingerprint).join(', ')
  throw refusal(`it is signed by ${fingerprint(key)}, which is none of the trusted keys ${known}`, 'sign it with a trusted key')
}

/** A short name of a public key. */
export function fingerprint(key: KeyObject): string {
  const digest = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64')
  return `SHA256:${digest.replace(/=+$/, '')}`
}

/** Whose signature it is; or why the one that is there is none. */
function check(files: ReadonlyMap<string, Uint8Array>): { readonly key?: KeyObject; readonly error?: string } {
  const content = files.get(SIGNATURE_FILE)
  if (content === undefined) return {}
  const [, encoded, signature] =
    new RegExp(`^${FORM}\\r?\\nkey ([A-Za-z0-9+/=]+)\\r?\\nsignature ([A-Za-z0-9+/=]+)\\s*$`).exec(
      Buffer.from(content).toString('latin1'),
    ) ?? []
  if (encoded === undefined || signature === undefined) return { error: 'the file is not a signature' }
  const key = publicKey(encoded)
  if (key === undefined) return { error: 'it names no public ed25519 key' }
  if (!verify(null, signedText(files), key, Buffer.from(signature, 'base64')))
    return { error: 'the package was changed after it was signed' }
  return { key }
}

function signedText(files: ReadonlyMap<string, Uint8Array>): Buffer {
  return Buffer.from(`${FORM}\n${contentHash(files)}\n`)
}

function publicKey(encoded: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(encoded, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' ? key : undefined
  } catch {
    return undefined
  }
}

function refusal(message: string, cure: string): PlutinoError {
  return new PlutinoError('plugin_invalid', `the package is refused: ${message}`, {
    hint: `${cure}; the setting plugin.requireSignature demands one of a key in plugin.trustedKeys`,
  })
}
