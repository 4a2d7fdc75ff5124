import { Pair, Response, Value, state } from "plutino";
import { headerOf } from "./answers";

/** The answer before, as far as it must be known to see that another one equals it. It outlives a restart of the rule. */
export class Known {
  private prefix: string = "";

  /** What is known of another URL does not count. */
  of(url: string): void {
    this.prefix = url + " ";
  }

  /** The headers that ask for an answer only when it differs. */
  conditions(): Array<Pair<string, string>> {
    const headers: Array<Pair<string, string>> = [];
    const etag = this.get("etag");
    if (etag.length > 0) headers.push(new Pair<string, string>("If-None-Match", etag));
    const modified = this.get("modified");
    if (modified.length > 0) headers.push(new Pair<string, string>("If-Modified-Since", modified));
    return headers;
  }

  /** False: the answer equals the one before. */
  take(response: Response): bool {
    state.put(this.prefix + "etag", Value.text(headerOf(response, "etag")));
    state.put(this.prefix + "modified", Value.text(headerOf(response, "last-modified")));
    const sum = sumOf(response.body).toString() + "/" + response.body.length.toString();
    if (this.get("body") == sum) return false;
    state.put(this.prefix + "body", Value.text(sum));
    return true;
  }

  private get(name: string): string {
    const value = state.get(this.prefix + name);
    return value !== null && value.isText ? value.asText : "";
  }
}

/** FNV-1a of 64 bits. */
function sumOf(bytes: Uint8Array): u64 {
  let sum: u64 = 0xcbf29ce484222325;
  for (let i = 0; i < bytes.length; i++) sum = (sum ^ bytes[i]) * 0x100000001b3;
  return sum;
}
