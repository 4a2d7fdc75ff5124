import { Hono, type Context } from 'hono'
import type { Registry } from '../api/registry.ts'
import type { Clock } from '../base/clock.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import { foreignRequest, isLoopback } from '../base/foreign-request.ts'
import type { Logger } from '../base/log.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Settings } from '../config/setting-fields.ts'
import { type Answer, json } from './answer.ts'
import { readBody } from './body.ts'
import { errorAnswer, type ErrorPlace } from './errors.ts'
import { openApi } from './openapi.ts'
import { type Route, route, sqlOf } from './route.ts'
import { pluginRoutes } from './routes/plugins.ts'
import { metadataRoutes } from './routes/metadata.ts'
import { ruleRoutes } from './routes/rules.ts'
import { ruleTestRoutes } from './routes/ruletest.ts'
import { streamRoutes } from './routes/streams.ts'
import { systemRoutes } from './routes/system.ts'
import { anyObject } from './schemas.ts'

export interface AppParts {
  readonly catalog: Pick<Catalog, 'streams' | 'rules' | 'ruleTests' | 'plugins'>
  readonly registry: Registry
  readonly clock: Clock
  readonly log: Logger
  readonly version: string
  /** `restIp`: on loopback, requests of other sites' pages are refused. */
  readonly settings: {
    readonly basic: Pick<Settings['basic'], 'restIp' | 'maxBodySize'>
    readonly plugin: Pick<Settings['plugin'], 'maxZipSize'>
  }
  /** Requests wait for it: the catalog is restored. */
  readonly ready?: Promise<void>
  /** Ends the server after the answer to `POST /stop`. */
  readonly stop?: () => void
}

/** The table of all operations. */
export function allRoutes(parts: AppParts): readonly Route[] {
  const { streams, rules, ruleTests, plugins } = parts.catalog
  const documented = [
    ...systemRoutes(parts),
    ...streamRoutes(streams),
    ...ruleRoutes(rules),
    ...ruleTestRoutes(ruleTests),
    ...pluginRoutes(plugins),
    ...metadataRoutes(parts.registry),
  ]
  const document = route({
    method: 'GET',
    path: '/openapi.json',
    tag: 'system',
    summary: 'This document.',
    responses: { 200: { doc: 'OpenAPI 3.1.', schema: anyObject } },
    handler: () => json(200, described),
  })
  const routes = [...documented, document]
  const described = openApi(routes, parts.version)
  return routes
}

/** The REST API as an application that needs no socket. */
export function createApp(parts: AppParts): Hono {
  const app = new Hono()
  const routes = allRoutes(parts)
  app.use(async (c, next) => {
    const { restIp } = parts.settings.basic
    const problem = isLoopback(restIp) ? foreignRequest(c.req.raw.headers, restIp) : undefined
    if (problem !== undefined) return respond(failure(new PlutinoError('denied', problem), parts))
    await parts.ready
    await next()
    return undefined
  })
  for (const one of routes) app.on(one.method, one.path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => handle(one, c, parts))
  for (const path of new Set(routes.map((one) => one.path))) {
    const allow = routes.filter((one) => one.path === path).map((one) => one.method)
    app.all(
      path.replaceAll(/\{(\w+)\}/g, ':$1'),
      () => new Response(null, { status: 405, headers: { ...HEADERS, allow: allow.join(', ') } }),
    )
  }
  app.notFound(() => respond({ status: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' }))
  app.onError((error) => respond(failure(error, parts)))
  return app
}

/** Answers are data: nothing in them is to be run or framed, or guessed to be anything else. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

async function handle(one: Route, c: Context, parts: AppParts): Promise<Response> {
  const { basic, plugin } = parts.settings
  const limit = one.large ? Math.max(plugin.maxZipSize, basic.maxBodySize) : basic.maxBodySize
  const bytes = one.method === 'GET' ? new Uint8Array() : await readBody(c.req.raw, limit)
  if (bytes === undefined) {
    const error = new PlutinoError('config_invalid', `the body is larger than ${limit} bytes`)
    return respond(failure(error, parts, { status: 413 }), { connection: 'close' })
  }
  try {
    const answer = await one.run({
      params: c.req.param(),
      query: c.req.query(),
      contentType: c.req.header('content-type') ?? '',
      bytes,
    })
    return respond(answer)
  } catch (error) {
    const prefix = typeof one.errorPrefix === 'function' ? one.errorPrefix(toPlutinoError(error)) : one.errorPrefix
    return respond(failure(error, parts, { prefix, sql: sqlOf(bytes) }))
  }
}

function failure(error: unknown, { log }: AppParts, place: ErrorPlace = {}): Answer {
  return errorAnswer(error, place, log)
}

function respond({ status, contentType, body, headers }: Answer, more: Readonly<Record<string, string>> = {}): Response {
  return new Response(body, { status, headers: { ...HEADERS, 'content-type': contentType, ...headers, ...more } })
}
