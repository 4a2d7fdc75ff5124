import { Description, Form, Json, Messages, PluginError, Result, RowBatch, Value, clock, messages, ok } from "plutino";
import { Memory } from "./memory";

const MOST: u32 = 7;
let next: i64 = 0;

export function describe(): Description {
  return new Description(Form.Rows, true);
}

export function configure(dataSource: string, config: string): PluginError | null {
  const json = Json.parse(config);
  if (json.isOk) Memory.mood = json.value.getString("mood", "");
  return null;
}

export function open(offset: string | null): PluginError | null {
  next = offset === null ? 0 : I64.parseInt(offset);
  return null;
}

/** Numbers, each with how many there were, from memory. */
export function collect(max: u32, waitMs: u32): Result<Messages, PluginError> {
  clock.sleep(2);
  const rows: Array<Array<Value>> = [];
  for (let i: u32 = 0; i < min(max, MOST); i++) rows.push([Value.int(next++), Value.int(++Memory.count)]);
  return ok<Messages, PluginError>(messages.rows(new RowBatch(["n", "seen"], rows), next.toString(), false));
}

export function commit(offset: string): PluginError | null {
  return null;
}

export function close(): void {}
