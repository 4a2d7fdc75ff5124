import { PluginError, Result, bytesOf, ok, Log } from "plutino"

/** What is in memory, seen from outside: it is logged when it comes back. */
export function snapshot(): Result<Uint8Array, PluginError> {
  return ok<Uint8Array, PluginError>(bytesOf("memory of before"))
}

export function restore(state: Uint8Array): PluginError | null {
  Log.info("restored " + String.UTF8.decode(state.buffer))
  return null
}
