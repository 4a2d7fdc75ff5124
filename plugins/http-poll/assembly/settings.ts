import { ErrorKind, Json, JsonKind, Pair, PluginError, bytesOf } from "plutino";

/** What the rule says. */
export class Settings {
  url: string = "";
  method: string = "GET";
  headers: Array<Pair<string, string>> = [];
  body: Uint8Array | null = null;
  interval: i64 = 10000;
  timeout: u32 = 5000;
  incremental: bool = false;
  /** Names that lead to the messages. */
  path: Array<string> = [];

  /** Null: it makes sense. */
  read(config: Json): PluginError | null {
    this.url = config.getString("url");
    if (!this.url.startsWith("http://") && !this.url.startsWith("https://"))
      return invalid('url: expected a URL of http or https, got "' + shown(this.url) + '"');
    this.method = config.getString("method", "GET").toUpperCase();
    this.interval = config.getInt("interval", 10000);
    if (this.interval < 1) return invalid("interval: expected at least 1 ms, got " + this.interval.toString());
    const timeout = config.getInt("timeout", 5000);
    if (timeout < 1 || timeout > 600000) return invalid("timeout: expected 1 ms to 10 minutes, got " + timeout.toString() + " ms");
    this.timeout = <u32>timeout;
    this.incremental = config.getBool("incremental");
    const path = config.getString("path");
    if (path.length > 0) this.path = path.split(".");
    const body = config.getString("body");
    if (body.length > 0 && this.method == "GET") return invalid("body: a GET has none; use the method POST or PUT");
    if (this.method != "GET") this.body = bytesOf(body);
    return this.readHeaders(config.get("headers"));
  }

  private readHeaders(headers: Json | null): PluginError | null {
    if (headers === null) return null;
    const names = headers.keys();
    for (let i = 0; i < names.length; i++) {
      const value = headers.get(names[i])!;
      if (value.kind != JsonKind.String) return invalid("headers." + names[i] + ": expected a text");
      this.headers.push(new Pair<string, string>(names[i], value.text));
    }
    return null;
  }
}

/** A URL for messages: without user, password and query, which may be secret. */
export function shown(url: string): string {
  const query = url.indexOf("?");
  const plain = query < 0 ? url : url.substring(0, query);
  const host = plain.indexOf("://") + 3;
  const slash = plain.indexOf("/", host);
  const at = plain.lastIndexOf("@", slash < 0 ? plain.length : slash);
  return host < 3 || at < host ? plain : plain.substring(0, host) + plain.substring(at + 1);
}

export function invalid(message: string): PluginError {
  return new PluginError(ErrorKind.Invalid, message, null);
}
