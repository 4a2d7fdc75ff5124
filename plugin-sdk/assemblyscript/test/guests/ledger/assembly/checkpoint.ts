import { ErrorKind, PluginError, Result, err, ok } from "plutino";
import { Memory } from "./memory";

export function snapshot(): Result<Uint8Array, PluginError> {
  if (Memory.mood == "refuse") return err<Uint8Array, PluginError>(new PluginError(ErrorKind.Internal, "not now", null));
  if (Memory.mood == "trap") throw new Error("as asked");
  while (Memory.mood == "spin") {}
  return ok<Uint8Array, PluginError>(Memory.mood == "swell" ? new Uint8Array(30_000_000) : Uint8Array.wrap(String.UTF8.encode(Memory.count.toString())));
}

export function restore(state: Uint8Array): PluginError | null {
  const text = String.UTF8.decode(state.buffer);
  if (text.length == 0) return new PluginError(ErrorKind.Invalid, "a number was expected", null);
  Memory.count = I64.parseInt(text);
  return null;
}
