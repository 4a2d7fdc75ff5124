import { connectAsync, type MqttClient } from 'mqtt'
import { until } from './until.ts'

/** A client of a broker on this machine that remembers everything that is published. */
export class MqttListener {
  readonly messages: { readonly topic: string; readonly payload: string }[] = []
  readonly #client: MqttClient

  private constructor(client: MqttClient) {
    this.#client = client
    client.on('message', (topic, payload) => this.messages.push({ topic, payload: payload.toString() }))
  }

  static async connect(port: number): Promise<MqttListener> {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50 })
    const listener = new MqttListener(client)
    await client.subscribeAsync('#', { qos: 1 })
    return listener
  }

  /** Resolves when the broker has it. */
  async publish(topic: string, payload: string | Buffer | object): Promise<void> {
    const bytes = typeof payload === 'string' || payload instanceof Buffer ? payload : JSON.stringify(payload)
    await this.#client.publishAsync(topic, bytes, { qos: 1 })
  }

  of(topic: string): readonly string[] {
    return this.messages.filter((one) => one.topic === topic).map(({ payload }) => payload)
  }

  /** Waits for so many messages of a topic. */
  async received(topic: string, count: number): Promise<readonly string[]> {
    await until(`${count} messages of ${topic}`, () => this.of(topic).length >= count)
    return this.of(topic)
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true)
  }
}
