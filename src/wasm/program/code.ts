import { PlutinoError } from '../../base/errors.ts'
import { limitModule } from '../component/limit-module.ts'
import { mainModule } from '../component/take-apart.ts'
import type { GuestCode } from '../guest/code.ts'
import { translate } from '../translated/translate.ts'
import type { CodeRequest } from './code-request.ts'

/** Makes the code of a component ready to run. Rejects with `plugin_invalid`. */
export async function codeOf(request: CodeRequest): Promise<GuestCode> {
  if (request.executor === 'jco') return translate(request)
  const core = mainModule(request.component, request.file)
  if (core === undefined) throw new PlutinoError('internal', `${request.file} is more than one core module`)
  return { kind: 'own', module: await WebAssembly.compile(limitModule(core, request.memoryBytes)) }
}
