import { connectAsync, type MqttClient } from 'mqtt'

/** How many messages may be on their way to the broker at a time. */
const WINDOW = 500

/** A device that numbers its messages and publishes them with QoS 1, over outages of the broker too. */
export class Publisher {
  readonly #client: MqttClient
  /** Messages that the broker has taken over. */
  acknowledged = 0

  private constructor(client: MqttClient) {
    this.#client = client
  }

  static async connect(port: number): Promise<Publisher> {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50 })
    client.on('error', () => {})
    return new Publisher(client)
  }

  /** Publishes `{"seq":n}` for n from `from` up to but without `to`. Resolves when the broker has acknowledged each. */
  async publish(topic: string, from: number, to: number): Promise<void> {
    const open = new Set<Promise<void>>()
    for (let seq = from; seq < to; seq++) {
      const sent = this.#send(topic, JSON.stringify({ seq, text: `message ${seq}` })).finally(() => open.delete(sent))
      open.add(sent)
      if (open.size >= WINDOW) await Promise.race(open)
    }
    await Promise.all(open)
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true)
  }

  async #send(topic: string, payload: string): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1 })
    this.acknowledged++
  }
}
