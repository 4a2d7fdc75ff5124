import { Description, ErrorKind, Form, Json, Messages, PluginError, Result, RowBatch, Value, clock, messages, ok } from "plutino";
import { Seen } from "./seen";

let names: Array<string> = [];
let least: Array<i64> = [];
let interval: u32 = 1000;
let seed: i64 = 1;
let count: i64 = 0;
let seen: Seen = new Seen(0);
let made: i64 = 0;
let due: i64 = 0;

export function describe(): Description {
  return new Description(Form.Rows, false);
}

export function configure(dataSource: string, config: string): PluginError | null {
  const json = Json.parse(config);
  if (!json.isOk) return new PluginError(ErrorKind.Invalid, "the configuration is not JSON: " + json.error, null);
  interval = <u32>json.value.getInt("interval", 1000);
  seed = json.value.getInt("seed", 1);
  if (seed < 1) return new PluginError(ErrorKind.Invalid, "seed: expected at least 1, got " + seed.toString(), null);
  count = json.value.getInt("count", 0);
  seen = new Seen(<i32>json.value.getInt("deduplicate", 0));
  const pattern = json.value.get("pattern");
  names = pattern === null ? ["count"] : pattern.keys();
  least = [];
  for (let i = 0; i < names.length; i++) least.push(pattern === null ? 50 : pattern.getInt(names[i]));
  return null;
}

export function open(offset: string | null): PluginError | null {
  due = clock.now();
  return null;
}

/** One row when it is due; with the interval 0 as many as are asked for. */
export function collect(max: u32, waitMs: u32): Result<Messages, PluginError> {
  if (interval > 0 && !waitUntilDue(waitMs)) return messages.none();
  const rows: Array<Array<Value>> = [];
  const wanted = interval == 0 ? max : 1;
  for (let i: u32 = 0; i < wanted && (count == 0 || made < count); i++) {
    made++;
    const numbers = draw();
    if (seen.add(numbers)) rows.push(rowOf(numbers));
  }
  return ok<Messages, PluginError>(messages.rows(new RowBatch(names, rows), null, count > 0 && made >= count));
}

export function commit(offset: string): PluginError | null {
  return null;
}

export function close(): void {}

function waitUntilDue(waitMs: u32): bool {
  const left = due - clock.now();
  if (left > <i64>waitMs) {
    clock.sleep(waitMs);
    return false;
  }
  if (left > 0) clock.sleep(<u32>left);
  due += interval;
  return true;
}

function draw(): Array<i64> {
  const numbers = new Array<i64>(least.length);
  for (let i = 0; i < least.length; i++) numbers[i] = least[i] + <i64>(Math.random() * <f64>seed);
  return numbers;
}

function rowOf(numbers: Array<i64>): Array<Value> {
  const row = new Array<Value>(numbers.length);
  for (let i = 0; i < numbers.length; i++) row[i] = Value.int(numbers[i]);
  return row;
}
