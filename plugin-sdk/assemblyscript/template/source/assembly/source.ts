import { Description, ErrorKind, Form, Json, Messages, PluginError, Result, bytesOf, clock, messages, ok } from "plutino";

let step: i64 = 1;
let interval: u32 = 1000;
let next: i64 = 0;
let due: i64 = 0;

/** What does not depend on a configuration: messages are JSON text, and the source can go on from an offset. */
export function describe(): Description {
  return new Description(Form.Encoded, true);
}

/** Called once, first. `dataSource`: the stream's DATASOURCE; `config`: the options of its CONF_KEY as JSON. */
export function configure(dataSource: string, config: string): PluginError | null {
  const json = Json.parse(config);
  if (!json.isOk) return new PluginError(ErrorKind.Invalid, json.error, null);
  step = json.value.getInt("step", 1);
  interval = <u32>json.value.getInt("interval", 1000);
  return null;
}

/** Connects. `offset`: behind the last message that was processed before a restart. */
export function open(offset: string | null): PluginError | null {
  if (offset !== null) next = I64.parseInt(offset);
  due = clock.now();
  return null;
}

/** At most `max` messages; none when nothing came within `waitMs`. */
export function collect(max: u32, waitMs: u32): Result<Messages, PluginError> {
  const left = due - clock.now();
  if (left > <i64>waitMs) {
    clock.sleep(waitMs);
    return messages.none();
  }
  if (left > 0) clock.sleep(<u32>left);
  due += interval;
  const payload = bytesOf(Json.object().set("count", Json.integer(next)).toString());
  next += step;
  return ok<Messages, PluginError>(messages.encoded([payload], next.toString()));
}

/** Everything up to `offset` has been processed. Nobody has to be told here. */
export function commit(offset: string): PluginError | null {
  return null;
}

/** Releases everything. */
export function close(): void {}
