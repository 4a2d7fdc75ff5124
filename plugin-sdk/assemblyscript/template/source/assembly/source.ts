import { Box, ErrorKind, Json, Message, Pair, Payload, PluginError, Result, Value, clock, ok } from "plutino";

let topic = "";
let step: i64 = 1;
let next: i64 = 0;

/** Called once, first. `dataSource`: the stream's DATASOURCE; `config`: its other options as JSON. */
export function configure(dataSource: string, config: string): PluginError | null {
  const json = Json.parse(config);
  if (!json.isOk) return new PluginError(ErrorKind.Invalid, json.error, null);
  topic = dataSource;
  step = json.value.getInt("step", 1);
  return null;
}

/** Connects. `offset`: of the last message that was processed before a restart. */
export function open(offset: string | null): PluginError | null {
  if (offset !== null) next = I64.parseInt(offset) + step;
  return null;
}

/** At most `max` messages; an empty list when nothing came within `waitMs`. */
export function collect(max: u32, waitMs: u32): Result<Array<Message>, PluginError> {
  const payload = Payload.json(Json.object().set("count", Json.integer(next)).toString());
  const meta = [new Pair<string, Value>("topic", Value.text(topic))];
  const message = new Message(payload, new Box<i64>(clock.now()), meta, next.toString());
  next += step;
  return ok<Array<Message>, PluginError>([message]);
}

/** Releases everything. */
export function close(): void {}
