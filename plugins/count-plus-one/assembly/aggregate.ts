import {
  Accumulator, Argument, Column, ErrorKind, Failure, NullRule, PluginError, Result, Results, ValueType, answer, ok, parameter, signature,
} from "plutino";

/** Rows of each group, by the number that the host gave to it. */
let counts: Array<i64> = [];

export function aggregates(): Array<Accumulator> {
  const declared = signature("countPlusOne", "One more than the number of rows.", [parameter("value", ValueType.Any, "Anything.")], ValueType.Int, NullRule.Call);
  return [new Accumulator(declared, true, true)];
}

export function prepare(index: u32, place: u32, args: Array<Argument>): string | null {
  return null;
}

export function add(index: u32, place: u32, groups: Uint32Array, args: Array<Column>): Result<Array<Failure>, PluginError> {
  for (let i = 0; i < groups.length; i++) set(groups[i], get(groups[i]) + 1);
  return ok<Array<Failure>, PluginError>([]);
}

export function remove(index: u32, place: u32, groups: Uint32Array, args: Array<Column>): Result<Array<Failure>, PluginError> {
  for (let i = 0; i < groups.length; i++) set(groups[i], get(groups[i]) - 1);
  return ok<Array<Failure>, PluginError>([]);
}

export function merge(index: u32, place: u32, targets: Uint32Array, sources: Uint32Array): PluginError | null {
  for (let i = 0; i < targets.length; i++) set(targets[i], get(targets[i]) + get(sources[i]));
  drop(sources);
  return null;
}

export function finish(index: u32, place: u32, groups: Uint32Array): Result<Results, PluginError> {
  const out = new Int64Array(groups.length);
  for (let i = 0; i < groups.length; i++) out[i] = get(groups[i]) + 1;
  return answer.ints(out);
}

export function drop(groups: Uint32Array): void {
  for (let i = 0; i < groups.length; i++) if (groups[i] < <u32>counts.length) counts[groups[i]] = 0;
}

export function save(index: u32, place: u32, groups: Uint32Array): Result<Array<Uint8Array>, PluginError> {
  const out = new Array<Uint8Array>(groups.length);
  for (let i = 0; i < groups.length; i++) {
    out[i] = new Uint8Array(8);
    store<i64>(out[i].dataStart, get(groups[i]));
  }
  return ok<Array<Uint8Array>, PluginError>(out);
}

export function restore(index: u32, place: u32, groups: Uint32Array, states: Array<Uint8Array>): PluginError | null {
  for (let i = 0; i < groups.length; i++) {
    if (states[i].length != 8) return new PluginError(ErrorKind.Invalid, "a state of countPlusOne has 8 bytes", null);
    set(groups[i], load<i64>(states[i].dataStart));
  }
  return null;
}

function get(group: u32): i64 {
  return group < <u32>counts.length ? counts[group] : 0;
}

function set(group: u32, count: i64): void {
  while (<u32>counts.length <= group) counts.push(0);
  counts[group] = count;
}
