import { Box, Description, Form, Messages, PluginError, Result, RowBatch, Value, bytesOf, messages, ok, state } from "plutino";

let next: i64 = 0;
let topic = "";

export function describe(): Description {
  return new Description(Form.Encoded, true);
}

export function configure(dataSource: string, config: string): PluginError | null {
  topic = dataSource;
  return null;
}

export function open(offset: string | null): PluginError | null {
  if (offset !== null) next = I64.parseInt(offset);
  return null;
}

/** `max` messages with times and metadata; the last ones end at 100. */
export function collect(max: u32, waitMs: u32): Result<Messages, PluginError> {
  const payloads: Uint8Array[] = [];
  const times = new Int64Array(max);
  const meta: Array<Array<Value>> = [];
  for (let i: u32 = 0; i < max; i++) {
    const n = next++;
    payloads.push(bytesOf('{"n":' + n.toString() + "}"));
    times[i] = n * 1000;
    meta.push([Value.text(topic), Value.int(waitMs)]);
  }
  const found = messages.encoded(payloads, next.toString(), next >= 100);
  found.timestamps = times;
  found.meta = new RowBatch(["topic", "wait"], meta);
  return ok<Messages, PluginError>(found);
}

export function commit(offset: string): PluginError | null {
  state.put("committed", Value.text(offset));
  return null;
}

export function close(): void {}
