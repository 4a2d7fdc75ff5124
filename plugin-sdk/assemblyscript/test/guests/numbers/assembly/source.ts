import {
  Description,
  ErrorKind,
  Form,
  Json,
  Messages,
  PluginError,
  Result,
  RowBatch,
  Value,
  bytesOf,
  clock,
  err,
  messages,
  ok,
  state,
} from "plutino"

let config = Json.null()
let topic = ""
let total: i64 = 0
let next: i64 = 0
let calls: i64 = 0

export function describe(): Description {
  return new Description(Form.Encoded, true)
}

/**
 * {"total": n}: messages numbered from 0. "most": at most so many in one answer; "more": so many, whatever was asked for; "fail" and "at": the
 * answer of that number is an error of that kind, or a trap; "end"; "hurried": answers nothing without waiting; "odd": odd names; "size": messages of
 * so many bytes, without end.
 */
export function configure(dataSource: string, text: string): PluginError | null {
  config = Json.parse(text).value
  topic = dataSource
  total = config.getInt("total", 100)
  if (total < 0) return new PluginError(ErrorKind.Invalid, "total: expected 0 or more", null)
  return null
}

export function open(offset: string | null): PluginError | null {
  if (offset !== null) next = I64.parseInt(offset)
  return null
}

export function collect(max: u32, waitMs: u32): Result<Messages, PluginError> {
  calls++
  const failing = config.getString("fail")
  if (failing != "" && (failing == "trap" ? calls : state.increment("failed", 1)) == config.getInt("at", 1)) {
    if (failing == "trap") throw new Error("as asked")
    const kind = failing == "unavailable" ? ErrorKind.Unavailable : failing == "invalid" ? ErrorKind.Invalid : ErrorKind.Rejected
    return err<Messages, PluginError>(new PluginError(kind, "as asked", null))
  }
  if (config.getInt("size") > 0) return padded(max, <i32>config.getInt("size"));
  if (next >= total) {
    if (config.getBool("end")) return ok<Messages, PluginError>(messages.encoded([], null, true))
    if (!config.getBool("hurried")) clock.sleep(waitMs)
    return messages.none()
  }
  const most = config.getInt("more") > 0 ? <u32>config.getInt("more") : min<u32>(max, <u32>config.getInt("most", max))
  const payloads: Array<Uint8Array> = []
  const meta: Array<Array<Value>> = []
  const times: Array<i64> = []
  while (<u32>payloads.length < most && next < total) {
    payloads.push(bytesOf('{"n":' + next.toString() + "}"))
    meta.push([Value.text(topic), next % 2 == 0 ? Value.int(next) : Value.null()])
    times.push(next * 1000)
    next++
  }
  const found = messages.encoded(payloads, next.toString(), config.getBool("end") && next >= total)
  found.meta = new RowBatch(["topic", config.getBool("odd") ? "__proto__" : "number"], meta)
  found.timestamps = new Int64Array(times.length)
  for (let i = 0; i < times.length; i++) found.timestamps[i] = times[i]
  return ok<Messages, PluginError>(found)
}

/** Messages of `size` bytes, without end. */
function padded(max: u32, size: i32): Result<Messages, PluginError> {
  const payloads = new Array<Uint8Array>(<i32>max);
  for (let i = 0; i < <i32>max; i++) {
    const payload = new Uint8Array(size);
    payload.fill(32);
    payload[0] = 123;
    payload[size - 1] = 125;
    payloads[i] = payload;
  }
  next += max;
  return ok<Messages, PluginError>(messages.encoded(payloads, next.toString()));
}

export function commit(offset: string): PluginError | null {
  const before = state.get("committed")
  const known = before === null ? 0 : before.asInt
  state.put("committed", Value.int(max<i64>(known, I64.parseInt(offset))))
  return null
}

export function close(): void {
  state.put("closed", Value.int(calls))
}
