import type { StreamContext } from '../../api/context.ts'
import { defineSource, type SourceDefinition } from '../../api/definition.ts'
import { choice, string } from '../../config/field.ts'
import type { DataServer } from '../data-server/data-server.ts'
import { InboxSource } from '../data-server/inbox-source.ts'
import { checkPath } from '../data-server/shared-paths.ts'
import type { Inbox } from '../data-server/inbox.ts'

export function httpPushSource(server: DataServer): SourceDefinition {
  return defineSource({
    name: 'httppush',
    doc: 'Messages that are POSTed to a path on the port for data; each is answered when it is taken',
    payload: 'bytes',
    delivery: 'at-most-once',
    fields: {
      datasource: string('Path on the port for data', { minLength: 1, examples: ['/api/data'] }),
      method: choice('Method of the requests', { POST: 'the only one that there is' }, { default: 'POST', advanced: true }),
    },
    create: ({ datasource }, observe) => {
      const path = checkPath('datasource', datasource)
      const open = async (inbox: Inbox, _ctx: StreamContext): Promise<() => void> => {
        const lease = await server.pushes(path)
        const leave = lease.shared.read(inbox)
        return () => {
          leave()
          lease.release()
        }
      }
      return new InboxSource(open, observe)
    },
  })
}
