import { byteAt, encodeText, uint16At, varintLength, writeVarint } from './bytes.ts'

/** Properties of an MQTT 5 PUBLISH (3.3.2.3). */
export interface PublishProperties {
  payloadFormat?: number
  /** Seconds. */
  messageExpiry?: number
  contentType?: string
  responseTopic?: string
  correlationData?: Buffer
  subscriptionIds?: number[]
  topicAlias?: number
  /** A name may come several times. */
  user?: Map<string, string[]>
}

/** Where the property after the one at `at` starts; -1: malformed. */
function nextProperty(bytes: Buffer, at: number, end: number): number {
  const next = at + lengthOf(bytes, at)
  return next > at && next <= end ? next : -1
}

function lengthOf(bytes: Buffer, at: number): number {
  switch (byteAt(bytes, at)) {
    case 1:
      return 2
    case 2:
      return 5
    case 3:
    case 8:
    case 9:
      return 3 + uint16At(bytes, at + 1)
    case 11:
      return 1 + varintBytes(bytes, at + 1)
    case 35:
      return 3
    case 38: {
      const name = 3 + uint16At(bytes, at + 1)
      return name + 2 + uint16At(bytes, at + name)
    }
    default:
      return 0
  }
}

function varintBytes(bytes: Buffer, at: number): number {
  let length = 1
  while (length < 4 && byteAt(bytes, at + length - 1) > 127) length++
  return length
}

/** The topic alias among the properties `at <= q < end`; 0: none, -1: malformed. */
export function aliasOf(bytes: Buffer, at: number, end: number): number {
  let alias = 0
  for (let q = at; q < end;) {
    const next = nextProperty(bytes, q, end)
    if (next < 0) return -1
    if (bytes[q] === 35) {
      if (alias !== 0) return -1
      alias = uint16At(bytes, q + 1)
      if (alias === 0) return -1
    }
    q = next
  }
  return alias
}

/** The properties `at <= q < end`, which `aliasOf` has found well formed. */
export function decodeProperties(bytes: Buffer, at: number, end: number): PublishProperties {
  const properties: PublishProperties = {}
  for (let q = at; q < end && q >= 0; q = nextProperty(bytes, q, end)) decodeOne(properties, bytes, q)
  return properties
}

function decodeOne(properties: PublishProperties, bytes: Buffer, at: number): void {
  switch (byteAt(bytes, at)) {
    case 1:
      properties.payloadFormat = byteAt(bytes, at + 1)
      break
    case 2:
      properties.messageExpiry = bytes.readUInt32BE(at + 1)
      break
    case 3:
      properties.contentType = textAt(bytes, at + 1)
      break
    case 8:
      properties.responseTopic = textAt(bytes, at + 1)
      break
    case 9:
      properties.correlationData = Buffer.from(bytes.subarray(at + 3, at + 3 + uint16At(bytes, at + 1)))
      break
    case 11:
      ;(properties.subscriptionIds ??= []).push(varintAt(bytes, at + 1))
      break
    case 35:
      properties.topicAlias = uint16At(bytes, at + 1)
      break
    case 38:
      addUser(properties, textAt(bytes, at + 1), textAt(bytes, at + 3 + uint16At(bytes, at + 1)))
      break
  }
}

function addUser(properties: PublishProperties, name: string, value: string): void {
  properties.user ??= new Map()
  const values = properties.user.get(name)
  if (values === undefined) properties.user.set(name, [value])
  else values.push(value)
}

function textAt(bytes: Buffer, at: number): string {
  return bytes.utf8Slice(at + 2, at + 2 + uint16At(bytes, at))
}

function varintAt(bytes: Buffer, at: number): number {
  let value = 0
  for (let i = 0; i < varintBytes(bytes, at); i++) value |= (byteAt(bytes, at + i) & 127) << (7 * i)
  return value
}

/** User properties as they stand in a PUBLISH, their length in front. */
export function encodeUserProperties(user: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(user).flatMap(([name, value]) => [Buffer.from([38]), encodeText(name), encodeText(value)])
  const body = Buffer.concat(parts)
  const length = Buffer.alloc(varintLength(body.length))
  writeVarint(length, 0, body.length)
  return Buffer.concat([length, body])
}
