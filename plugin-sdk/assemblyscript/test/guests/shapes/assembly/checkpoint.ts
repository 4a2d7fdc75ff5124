import { ErrorKind, PluginError, Result, ok } from "plutino";

let saved: Uint8Array = new Uint8Array(0);

export function snapshot(): Result<Uint8Array, PluginError> {
  return ok<Uint8Array, PluginError>(saved);
}

export function restore(state: Uint8Array): PluginError | null {
  if (state.length == 0) return new PluginError(ErrorKind.Invalid, "an empty state", null);
  saved = state;
  return null;
}
