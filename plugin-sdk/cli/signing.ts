import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { PlutinoError } from '../../src/base/errors.ts'
import { enforceSigning, fingerprint, SIGNATURE_FILE, signatureFor } from '../../src/wasm/install/signature.ts'
import { readFiles } from '../../src/wasm/install/files.ts'
import { zip } from '../assemblyscript/build/zip.ts'
import { type ExitCode, type Given, type Surroundings, textOption } from './command.ts'
import { readNamed, readZip } from './read-zip.ts'

/** `plutino plugin keygen`. */
export async function keygenCommand({ args }: Given, { terminal }: Surroundings): Promise<ExitCode> {
  const base = (args[0] ?? 'plugin-key').replace(/\.pem$/, '')
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  await writeNew(`${base}.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600)
  await writeNew(`${base}.pub.pem`, publicKey.export({ type: 'spki', format: 'pem' }), 0o644)
  terminal.out(`${base}.pem      signs; keep it secret`)
  terminal.out(`${base}.pub.pem  name it in the setting plugin.trustedKeys of servers`)
  terminal.out(`the key is ${fingerprint(publicKey)}`)
  return 0
}

/** `plutino plugin sign`. */
export async function signCommand(given: Given, { terminal }: Surroundings): Promise<ExitCode> {
  const file = given.args[0] ?? ''
  const key = await readKey(given, 'secret')
  const { files } = await readZip(file)
  readFiles(files)
  await writeFile(file, zip(new Map([...files, [SIGNATURE_FILE, signatureFor(files, key)]])))
  terminal.out(`${file} is signed by ${fingerprint(createPublicKey(key))}`)
  return 0
}

/** `plutino plugin verify`. */
export async function verifyCommand(given: Given, { terminal }: Surroundings): Promise<ExitCode> {
  const file = given.args[0] ?? ''
  const key = await readKey(given, 'public')
  const { files } = await readZip(file)
  try {
    enforceSigning(files, { trusted: [key], required: true })
  } catch (error) {
    if (!(error instanceof PlutinoError)) throw error
    terminal.err(`error: ${error.message.replace('the package is refused', file)}`)
    return 1
  }
  terminal.out(`${file} is as ${fingerprint(key)} signed it`)
  return 0
}

async function readKey(given: Given, kind: 'secret' | 'public'): Promise<KeyObject> {
  const file = textOption(given, 'key')
  if (file === undefined)
    throw new PlutinoError('config_invalid', `--key: name the file of the ${kind} key`, { hint: '`plutino plugin keygen` makes one' })
  const text = Buffer.from(await readNamed(file)).toString('utf8')
  try {
    const key = kind === 'secret' ? createPrivateKey(text) : createPublicKey(text)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // told below
  }
  throw new PlutinoError('config_invalid', `--key: ${file} is not a ${kind} ed25519 key in PEM`, {
    hint: '`plutino plugin keygen` makes one',
  })
}

/** A key that is there is never overwritten: what it has signed would be lost. */
async function writeNew(file: string, content: string | Buffer, mode: number): Promise<void> {
  try {
    await writeFile(file, content, { flag: 'wx', mode })
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new PlutinoError('config_invalid', exists ? `${file} exists already` : `${file} cannot be written: ${String(error)}`, {
      cause: error,
    })
  }
}
