import { arch, platform, totalmem } from 'node:os'
import type { Clock } from '../../base/clock.ts'
import type { JsonObject } from '../../config/json-object.ts'
import { json, text } from '../answer.ts'
import { route, type Route } from '../route.ts'

export interface SystemParts {
  readonly version: string
  readonly clock: Clock
  /** Ends the server, after the answer. Absent: it cannot be ended over REST. */
  readonly stop?: () => void
}

const INFO: JsonObject = {
  type: 'object',
  required: ['version', 'os', 'arch', 'upTimeSeconds'],
  properties: {
    version: { type: 'string' },
    os: { type: 'string' },
    arch: { type: 'string' },
    upTimeSeconds: { type: 'integer' },
    cpuUsage: { type: 'string', description: 'Share of one core since the last question, such as 0.05%.' },
    memoryUsed: { type: 'string', description: 'Bytes that the server occupies.' },
    memoryTotal: { type: 'string', description: 'Bytes of the machine.' },
  },
}

export function systemRoutes(parts: SystemParts): readonly Route[] {
  const info = informer(parts)
  const about = {
    path: '/',
    tag: 'system',
    summary: 'Version and state of the server.',
    responses: { 200: { doc: 'About the server.', schema: INFO } },
  }
  return [
    route({ ...about, method: 'GET', handler: () => json(200, info()) }),
    route({ ...about, method: 'POST', handler: () => json(200, info()) }),
    route({
      method: 'GET',
      path: '/ping',
      tag: 'system',
      summary: 'Is the server there?',
      responses: { 200: { doc: 'An empty body.', example: '' } },
      handler: () => text(200, ''),
    }),
    ...(parts.stop === undefined ? [] : [stopRoute(parts.stop)]),
  ]
}

/** Only by POST: a GET could hide in a picture of any page. */
function stopRoute(stop: () => void): Route {
  return route({
    method: 'POST',
    path: '/stop',
    tag: 'system',
    summary: 'Ends the server.',
    responses: { 200: { doc: 'It ends now.', example: 'stop success' } },
    handler: () => {
      stop()
      return text(200, 'stop success')
    },
  })
}

function informer({ version, clock }: SystemParts): () => JsonObject {
  const started = clock.elapsed()
  let last = { at: started, cpu: 0 }
  return () => {
    const now = clock.elapsed()
    const { user, system } = process.cpuUsage()
    const cpu = (user + system) / 1000
    const share = now > last.at ? ((cpu - last.cpu) / (now - last.at)) * 100 : 0
    last = { at: now, cpu }
    return {
      version,
      os: platform() === 'win32' ? 'windows' : platform(),
      arch: arch() === 'x64' ? 'amd64' : arch(),
      upTimeSeconds: Math.floor((now - started) / 1000),
      cpuUsage: `${share.toFixed(2)}%`,
      memoryUsed: String(process.memoryUsage.rss()),
      memoryTotal: String(totalmem()),
    }
  }
}
