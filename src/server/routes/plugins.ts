import { PlutinoError } from '../../base/errors.ts'
import { KIND_FOLDERS, type KindFolder } from '../../catalog/plugins/kinds.ts'
import type { PluginRequest } from '../../catalog/plugins/packages.ts'
import type { Plugins } from '../../catalog/plugins/plugins.ts'
import { boolean, json as jsonField, list, string } from '../../config/field.ts'
import type { JsonObject } from '../../config/json-object.ts'
import { type Answer, json, text } from '../answer.ts'
import { route, type Route } from '../route.ts'
import { anyList, anyObject, names } from '../schemas.ts'

const ZIP_TYPES = ['application/zip', 'multipart/form-data'] as const

const FIELDS = {
  name: string('Name of the plugin.', { optional: true, examples: ['mysql'] }),
  file: string('Address of the zip: http, https or file.', { examples: ['http://127.0.0.1:8080/mysqlSink.zip'] }),
  sha256: string('Checksum that the zip must have.', { optional: true, pattern: '^[0-9a-fA-F]{64}$' }),
  allow: list(
    'What it may do beyond its rule: db, http, tcp, alone or with a place. Everything that it asks for when absent.',
    string('A capability.', { examples: ['db', 'http:https://api.example/*', 'tcp:plc.example:502'] }),
    {
      optional: true,
    },
  ),
  shellParas: list('Parameters of install.sh in eKuiper; there is no such script here.', string('A parameter.'), {
    optional: true,
    deprecated: 'nothing',
  }),
  functions: jsonField('Names of functions in eKuiper; here the component itself says them.', { optional: true, deprecated: 'nothing' }),
} as const

const NAME = { name: 'Name of the plugin.' }
const ALLOW = {
  allow: string('For a zip in the body: what the plugin may do, separated by commas; as `allow` of JSON.', {
    optional: true,
    examples: ['db,tcp:plc.example:502'],
  }),
} as const
const VERSION = { version: string('Version to go to; the one before the current when absent.', { optional: true }) } as const
const REMOVAL = {
  stop: string('Of eKuiper, which has to be restarted; without effect here.', { optional: true }),
  force: boolean('Also when rules use it.', { default: false }),
} as const

interface Sent {
  readonly zip?: Uint8Array
  readonly name?: string | undefined
  readonly allow?: readonly string[] | undefined
  readonly request?: PluginRequest
}

export function pluginRoutes(plugins: Plugins): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/plugins',
      tag: 'plugins',
      summary: 'All plugins, as each kind shows them.',
      responses: { 200: { doc: 'Plugins.', schema: anyList } },
      handler: () => json(200, plugins.all()),
    }),
    route({
      method: 'POST',
      path: '/plugins',
      tag: 'plugins',
      summary: 'Installs a plugin from a zip, sent or named; what kind it is, it says itself.',
      body: bodyDoc('plugin'),
      query: ALLOW,
      large: true,
      responses: { 201: { doc: 'Done.', example: 'sinks plugin mysql is created' } },
      errorPrefix: prefixed('plugins create command error'),
      handler: async (input) => {
        const id = await install(plugins, await readSent(input), undefined)
        return withCapabilities(text(201, `${id.kind} plugin ${id.name} is created`), plugins.get(id))
      },
    }),
    ...functionRoutes(plugins),
    ...KIND_FOLDERS.flatMap((kind) => [...kindRoutes(plugins, kind), ...changeRoutes(plugins, kind)]),
  ]
}

function functionRoutes(plugins: Plugins): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/plugins/udfs',
      tag: 'plugins',
      summary: 'Names of all functions that plugins bring.',
      responses: { 200: { doc: 'Sorted.', schema: names } },
      handler: () => json(200, plugins.functions()),
    }),
    route({
      method: 'GET',
      path: '/plugins/udfs/{name}',
      tag: 'plugins',
      summary: 'Which plugin a function comes from.',
      params: { name: 'Name of the function.' },
      responses: { 200: { doc: 'The function and its plugin.', schema: anyObject } },
      handler: ({ params }) => json(200, plugins.getFunction(params.name)),
    }),
    route({
      method: 'POST',
      path: '/plugins/functions/{name}/register',
      tag: 'plugins',
      summary: 'Says which functions a plugin has; of eKuiper. Here the component itself says it, and this checks the names.',
      params: NAME,
      body: {
        fields: { functions: list('Names of functions.', string('Name of a function.')) },
        decodeError: 'Invalid body: Error decoding the function list json',
      },
      responses: { 200: { doc: 'Done.', example: 'function plugin echo function list is registered' } },
      errorPrefix: (error) => (error.code === 'not_found' ? undefined : 'function plugins register command error'),
      handler: ({ params, body }) => {
        plugins.checkFunctions({ kind: 'functions', name: params.name }, body().functions)
        return text(200, `function plugin ${params.name} function list is registered`)
      },
    }),
  ]
}

function kindRoutes(plugins: Plugins, kind: KindFolder): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `/plugins/${kind}`,
      tag: 'plugins',
      summary: `Names of all plugins with ${kind}.`,
      responses: { 200: { doc: 'Sorted.', schema: names } },
      handler: () => json(200, plugins.list(kind)),
    }),
    route({
      method: 'POST',
      path: `/plugins/${kind}`,
      tag: 'plugins',
      summary: `Installs a plugin with ${kind} from a zip; it can be used at once.`,
      body: bodyDoc(`${kind} plugin`),
      query: ALLOW,
      large: true,
      responses: { 201: { doc: 'Done.', example: `${kind} plugin mysql is created` } },
      errorPrefix: prefixed(`${kind} plugins create command error`),
      handler: async (input) => {
        const id = await install(plugins, await readSent(input, kind), kind)
        return withCapabilities(text(201, `${kind} plugin ${id.name} is created`), plugins.get(id))
      },
    }),
    route({
      method: 'GET',
      path: `/plugins/${kind}/{name}`,
      tag: 'plugins',
      summary: 'Version and abilities of a plugin.',
      params: NAME,
      responses: { 200: { doc: 'The plugin.', schema: anyObject } },
      handler: ({ params }) => json(200, plugins.get({ kind, name: params.name })),
    }),
  ]
}

function changeRoutes(plugins: Plugins, kind: KindFolder): readonly Route[] {
  return [
    route({
      method: 'PUT',
      path: `/plugins/${kind}/{name}`,
      tag: 'plugins',
      summary: 'Replaces a plugin; rules that use it move to the new version.',
      params: NAME,
      body: bodyDoc(`${kind} plugin`),
      query: ALLOW,
      large: true,
      responses: { 200: { doc: 'Done.', example: `${kind} plugin mysql is updated` } },
      errorPrefix: prefixed(`${kind} plugins update command error`),
      handler: async (input) => {
        const id = { kind, name: input.params.name }
        const sent = await readSent(input, kind)
        await (sent.zip === undefined ? plugins.update(id, requestOf(sent)) : plugins.updateZip(id, sent.zip, sent.allow))
        return withCapabilities(text(200, `${kind} plugin ${id.name} is updated`), plugins.get(id))
      },
    }),
    route({
      method: 'POST',
      path: `/plugins/${kind}/{name}/rollback`,
      tag: 'plugins',
      summary: 'Back to the version before; rules that use the plugin move to it.',
      params: NAME,
      query: VERSION,
      responses: { 200: { doc: 'Done.', example: `${kind} plugin mysql is rolled back to version 1.0.0` } },
      errorPrefix: prefixed(`${kind} plugins rollback command error`),
      handler: async ({ params, query }) => {
        const version = await plugins.rollback({ kind, name: params.name }, query.version)
        return text(200, `${kind} plugin ${params.name} is rolled back to version ${version}`)
      },
    }),
    route({
      method: 'DELETE',
      path: `/plugins/${kind}/{name}`,
      tag: 'plugins',
      summary: 'Removes a plugin that no rule uses.',
      params: NAME,
      query: REMOVAL,
      responses: { 200: { doc: 'Done.', example: `${kind} plugin mysql is deleted` } },
      errorPrefix: (error) => (error.code === 'not_found' ? undefined : `${kind} plugins delete command error`),
      handler: async ({ params, query }) => {
        await plugins.remove({ kind, name: params.name }, query.force)
        return text(200, `${kind} plugin ${params.name} is deleted`)
      },
    }),
  ]
}

function bodyDoc(what: string): { fields: typeof FIELDS; decodeError: string; also: readonly string[] } {
  return { fields: FIELDS, decodeError: `Invalid body: Error decoding the ${what} json`, also: ZIP_TYPES }
}

interface PluginInput {
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly query: { readonly allow: string | undefined }
  body(): {
    readonly name: string | undefined
    readonly file: string
    readonly sha256: string | undefined
    readonly allow: readonly string[] | undefined
  }
}

/** A zip in the body, by itself or in a form; or where to get it, in JSON. */
async function readSent(input: PluginInput, kind?: KindFolder): Promise<Sent> {
  const { bytes, contentType } = input
  const allow = input.query.allow?.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]))
  if (/^multipart\/form-data/i.test(contentType)) return { ...(await readForm(bytes, contentType)), allow }
  if (/^application\/zip/i.test(contentType) || (bytes[0] === 0x50 && bytes[1] === 0x4b)) return { zip: bytes, allow }
  const { name, file, sha256, ...given } = input.body()
  if (kind !== undefined && (name ?? '') === '') throw new PlutinoError('plugin_invalid', 'invalid name : should not be empty')
  return { request: { name, file, sha256, allow: given.allow ?? allow } }
}

async function readForm(bytes: Uint8Array, contentType: string): Promise<Sent> {
  let form: FormData
  try {
    // oxlint-disable-next-line typescript/no-deprecated -- deprecated because it holds the whole body; this one is in memory already and its size is bounded
    form = await new Response(Buffer.from(bytes), { headers: { 'content-type': contentType } }).formData()
  } catch (error) {
    throw new PlutinoError('config_invalid', 'Invalid body: the form cannot be read', { cause: error })
  }
  const file = [...form.values()].find((value) => typeof value !== 'string')
  if (file === undefined)
    throw new PlutinoError('config_invalid', 'Invalid body: the form has no file', { hint: 'curl -F file=@mysql.zip …' })
  const name = form.get('name')
  return { zip: new Uint8Array(await file.arrayBuffer()), name: typeof name === 'string' && name !== '' ? name : undefined }
}

async function install(plugins: Plugins, sent: Sent, kind: KindFolder | undefined): Promise<{ kind: KindFolder; name: string }> {
  if (sent.zip !== undefined) return plugins.installZip(sent.zip, { name: sent.name, kind, allow: sent.allow })
  return plugins.install(requestOf(sent), kind)
}

function requestOf({ request }: Sent): PluginRequest {
  if (request === undefined) throw new PlutinoError('config_invalid', 'Invalid body: expected a zip or JSON')
  return request
}

/** The texts are eKuiper's: what a new plugin can do stands in a header. */
function withCapabilities(answer: Answer, { capabilities, allow }: JsonObject): Answer {
  const joined = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : '')
  return {
    ...answer,
    headers: { 'plutino-capabilities': joined(capabilities), ...(allow === undefined ? {} : { 'plutino-allowed': joined(allow) }) },
  }
}

function prefixed(prefix: string): (error: PlutinoError) => string | undefined {
  return (error) => (error.message.startsWith('Invalid body') || error.code === 'not_found' ? undefined : prefix)
}
