import { Batch, Messages, PluginError, RowBatch } from "./generated/types";
import { Result, ok } from "./result";

/** Text as the bytes of a message. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}

/** The answers of a source's `collect`. Event times and metadata: set `timestamps` and `meta` of what these give. */
export namespace messages {
  /** Bytes for the stream's FORMAT, one piece for each message. `offset`: where to go on after the last one. */
  export function encoded(payloads: Array<Uint8Array>, offset: string | null = null, end: bool = false): Messages {
    return new Messages(Batch.encoded(payloads), new Int64Array(0), null, offset, end);
  }
  /** Rows with names, for a source whose description says `Form.Rows`. */
  export function rows(batch: RowBatch, offset: string | null = null, end: bool = false): Messages {
    return new Messages(Batch.rows(batch), new Int64Array(0), null, offset, end);
  }
  /** Nothing came. */
  export function none(): Result<Messages, PluginError> {
    return ok<Messages, PluginError>(encoded([]));
  }
}
