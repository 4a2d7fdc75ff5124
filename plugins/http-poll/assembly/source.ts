import { Description, Form, Json, Messages, PluginError, Request, Result, clock, err, http, messages, ok } from "plutino";
import { messagesOf, refusalOf } from "./answers";
import { Known } from "./known";
import { Settings, invalid } from "./settings";

/** How many redirects are followed, all below the path of the URL. */
const REDIRECTS: u32 = 5;

let settings: Settings = new Settings();
const known: Known = new Known();
let due: i64 = 0;

export function describe(): Description {
  return new Description(Form.Encoded, false);
}

export function configure(dataSource: string, config: string): PluginError | null {
  const json = Json.parse(config);
  if (!json.isOk) return invalid("the configuration is not JSON: " + json.error);
  settings = new Settings();
  const problem = settings.read(json.value);
  known.of(settings.url);
  return problem;
}

export function open(offset: string | null): PluginError | null {
  due = clock.now();
  return null;
}

export function collect(max: u32, waitMs: u32): Result<Messages, PluginError> {
  if (!isDue(waitMs)) return messages.none();
  const headers = settings.incremental ? settings.headers.concat(known.conditions()) : settings.headers;
  const sent = http.send(new Request(settings.method, settings.url, headers, settings.body, settings.timeout, REDIRECTS));
  if (!sent.isOk) return err<Messages, PluginError>(sent.error);
  const response = sent.value;
  if (settings.incremental && response.status == 304) return messages.none();
  const refusal = refusalOf(response, settings);
  if (refusal !== null) return err<Messages, PluginError>(refusal);
  if (settings.incremental && !known.take(response)) return messages.none();
  const found = messagesOf(response.body, settings.path);
  return found.isOk ? ok<Messages, PluginError>(messages.encoded(found.value)) : err<Messages, PluginError>(found.error);
}

export function commit(offset: string): PluginError | null {
  return null;
}

export function close(): void {}

/** Waits for the next request, `waitMs` at most. A request that was late does not make the next ones hurry. */
function isDue(waitMs: u32): bool {
  const left = due - clock.now();
  if (left > <i64>waitMs) {
    clock.sleep(waitMs);
    return false;
  }
  if (left > 0) clock.sleep(<u32>left);
  const now = clock.now();
  due += settings.interval;
  if (due <= now) due = now + settings.interval;
  return true;
}
