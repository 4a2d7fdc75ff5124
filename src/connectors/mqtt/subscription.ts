import type { MqttClient } from 'mqtt'
import { PlutinoError } from '../../base/errors.ts'

const REFUSED = 0x80

/** Filters of a comma list. Throws `config_invalid` for one that no broker takes (MQTT 4.7.1). */
export function topicFilters(datasource: string): readonly string[] {
  const filters = datasource.split(',').map((filter) => filter.trim())
  for (const filter of filters) {
    const shared = /^\$share\/[^/+#]+\/(.+)$/s.exec(filter)
    const isShared = filter.startsWith('$share/')
    const topic = isShared ? (shared?.[1] ?? '') : filter
    if (!isFilter(topic))
      throw new PlutinoError('config_invalid', `datasource: expected a topic filter, got "${filter}"`, { hint: WILDCARDS })
  }
  return filters
}

const WILDCARDS = '+ stands for one whole level, # for all that follow, as in devices/+/state or devices/#'

function isFilter(topic: string): boolean {
  if (topic === '' || topic.includes('\0')) return false
  const levels = topic.split('/')
  return levels.every((level, i) => level === '+' || (level === '#' && i === levels.length - 1) || !/[+#]/.test(level))
}

/** All filters in one packet: what they bring may come before the answer to a second one. Throws `denied` when the broker refuses one. */
export async function subscribe(client: MqttClient, filters: readonly string[], qos: 0 | 1 | 2): Promise<void> {
  try {
    const granted = await client.subscribeAsync([...filters], { qos })
    if (granted.some((grant) => grant.qos >= REFUSED)) throw new Error('refused')
  } catch (cause) {
    // a lost connection is somebody else's to report
    if (!client.connected) return
    const hint = 'check what this user may read'
    throw new PlutinoError('denied', `the broker refused the subscription to "${filters.join(', ')}"`, { cause, hint })
  }
}
