import { ErrorKind, Json, PluginError, Response, Result, bytesOf, err, ok } from "plutino";
import { Settings, shown } from "./settings";

/** How much of an answer that is a refusal is shown. */
const SHOWN: i32 = 200;

/** Null: the answer is one that messages can be in. */
export function refusalOf(response: Response, settings: Settings): PluginError | null {
  const status = response.status;
  if (status >= 200 && status < 300) return null;
  let message = settings.method + " " + shown(settings.url);
  const said = String.UTF8.decode(response.body.buffer).trim();
  if (status >= 300 && status < 400) message += " leads to " + shown(headerOf(response, "location"));
  else if (said.length == 0) message += " has failed";
  else message += " has failed: " + (said.length > SHOWN ? said.substring(0, SHOWN) + "…" : said);
  return new PluginError(kindOf(status), message, "HTTP " + status.toString());
}

/** What may be better the next time is tried again; what somebody must correct is not. */
function kindOf(status: u16): ErrorKind {
  if (status >= 500 || status == 408 || status == 425 || status == 429) return ErrorKind.Unavailable;
  return status == 401 || status == 403 ? ErrorKind.Denied : ErrorKind.Invalid;
}

/** The value of a header; empty when it did not come. */
export function headerOf(response: Response, name: string): string {
  for (let i = 0; i < response.headers.length; i++) if (response.headers[i].first == name) return response.headers[i].second;
  return "";
}

/** The messages of an answer. */
export function messagesOf(body: Uint8Array, path: Array<string>): Result<Array<Uint8Array>, PluginError> {
  if (path.length == 0) return ok<Array<Uint8Array>, PluginError>(body.length == 0 ? [] : [body]);
  const read = Json.parse(String.UTF8.decode(body.buffer));
  if (!read.isOk) return unreadable("the answer is not JSON: " + read.error);
  let found = read.value;
  for (let i = 0; i < path.length; i++) {
    const member = found.get(path[i]);
    if (member === null) return unreadable("path: the answer has no " + path.slice(0, i + 1).join("."));
    found = member;
  }
  const items = found.isArray ? found.items : [found];
  const payloads: Array<Uint8Array> = [];
  for (let i = 0; i < items.length; i++) payloads.push(bytesOf(items[i].toString()));
  return ok<Array<Uint8Array>, PluginError>(payloads);
}

function unreadable(message: string): Result<Array<Uint8Array>, PluginError> {
  return err<Array<Uint8Array>, PluginError>(new PluginError(ErrorKind.Rejected, message, null));
}
