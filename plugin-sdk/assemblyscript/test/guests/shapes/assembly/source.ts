import { Box, Message, Pair, Payload, PluginError, Result, Value, ok } from "plutino";

let next: i64 = 0;
let topic = "";

export function configure(dataSource: string, config: string): PluginError | null {
  topic = dataSource;
  return null;
}

export function open(offset: string | null): PluginError | null {
  if (offset !== null) next = I64.parseInt(offset) + 1;
  return null;
}

/** Every second message raw, every second one with an event time. */
export function collect(max: u32, waitMs: u32): Result<Array<Message>, PluginError> {
  const out: Message[] = [];
  for (let i: u32 = 0; i < max; i++) {
    const n = next++;
    const text = '{"n":' + n.toString() + "}";
    const payload = n % 2 == 0 ? Payload.json(text) : Payload.raw(Uint8Array.wrap(String.UTF8.encode(text)));
    const meta = [new Pair<string, Value>("topic", Value.text(topic)), new Pair<string, Value>("wait", Value.int(waitMs))];
    out.push(new Message(payload, n % 2 == 0 ? new Box<i64>(n * 1000) : null, meta, n.toString()));
  }
  return ok<Array<Message>, PluginError>(out);
}

export function close(): void {}
