/** MQTT packets as a broker would write them, right or wrong. */

export function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0))
    rest >>>= 7
  } while (rest > 0)
  return Buffer.from(bytes)
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
}

export function packet(head: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([Buffer.from([head]), varint(body.length), body])
}

export interface PublishOptions {
  readonly qos?: number
  readonly id?: number
  readonly retain?: boolean
  readonly dup?: boolean
  /** MQTT 5: even none must be said. */
  readonly properties?: Buffer | undefined
}

export function publish(topic: string, payload: string | Buffer, options: PublishOptions = {}): Buffer {
  const { qos = 0, id = 0, retain = false, dup = false, properties } = options
  return packet(
    0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0),
    text(topic),
    qos > 0 ? [id >> 8, id & 255] : [],
    properties === undefined ? [] : Buffer.concat([varint(properties.length), properties]),
    Buffer.from(payload),
  )
}

/** An acknowledgement: PUBACK 0x40, PUBREC 0x50, PUBREL 0x62, PUBCOMP 0x70. */
export function acknowledgement(head: number, id: number, ...reason: readonly number[]): Buffer {
  return packet(head, [id >> 8, id & 255], reason)
}
