import { Accumulator, Argument, Column, ErrorKind, Failure, PluginError, Result, Results, Value, ValueType, answer, err, ok, parameter, signature } from "plutino";

/** The aggregate functions of this plugin. The other calls give the place in this list. */
export function aggregates(): Array<Accumulator> {
  const spread = signature("spread", "The greatest value minus the least.", [parameter("value", ValueType.Float, "A number.")], ValueType.Float);
  return [new Accumulator(spread, false, true)];
}

/** What is known of one group. */
class Spread {
  least: f64 = Infinity;
  most: f64 = -Infinity;
}

/** By the number that the host gave to the group. */
const groups: Array<Spread | null> = [];

function group(id: u32): Spread {
  while (<u32>groups.length <= id) groups.push(null);
  const known = groups[id];
  if (known !== null) return known;
  const fresh = new Spread();
  groups[id] = fresh;
  return fresh;
}

/** Called when a rule starts; the text says what is wrong with constant arguments. */
export function prepare(index: u32, place: u32, args: Array<Argument>): string | null {
  return null;
}

/** Row i belongs to the group `ids[i]`. */
export function add(index: u32, place: u32, ids: Uint32Array, args: Array<Column>): Result<Array<Failure>, PluginError> {
  const values = args[0].asFloats;
  for (let i = 0; i < ids.length; i++) {
    const one = group(ids[i]);
    if (values[i] == 666) throw new Error("as asked");
    one.least = min(one.least, values[i]);
    one.most = max(one.most, values[i]);
  }
  return ok<Array<Failure>, PluginError>([]);
}

/** Never called: the declaration above says that rows cannot be taken out. */
export function remove(index: u32, place: u32, ids: Uint32Array, args: Array<Column>): Result<Array<Failure>, PluginError> {
  return err<Array<Failure>, PluginError>(new PluginError(ErrorKind.Internal, "spread cannot take rows out", null));
}

/** Puts the groups `sources` into `targets`. */
export function merge(index: u32, place: u32, targets: Uint32Array, sources: Uint32Array): PluginError | null {
  for (let i = 0; i < targets.length; i++) {
    const into = group(targets[i]);
    const other = group(sources[i]);
    into.least = min(into.least, other.least);
    into.most = max(into.most, other.most);
  }
  drop(sources);
  return null;
}

/** The results of groups, which go on afterwards. */
export function finish(index: u32, place: u32, ids: Uint32Array): Result<Results, PluginError> {
  const out = new Array<Value>(ids.length);
  for (let i = 0; i < ids.length; i++) {
    const one = group(ids[i]);
    out[i] = one.least > one.most ? Value.null() : Value.float(one.most - one.least);
  }
  return answer.values(out);
}

/** Forgets groups. */
export function drop(ids: Uint32Array): void {
  for (let i = 0; i < ids.length; i++) if (ids[i] < <u32>groups.length) groups[ids[i]] = null;
}

/** What is known of groups, for a checkpoint. */
export function save(index: u32, place: u32, ids: Uint32Array): Result<Array<Uint8Array>, PluginError> {
  const out = new Array<Uint8Array>(ids.length);
  for (let i = 0; i < ids.length; i++) {
    const one = group(ids[i]);
    out[i] = new Uint8Array(16);
    store<f64>(out[i].dataStart, one.least);
    store<f64>(out[i].dataStart, one.most, 8);
  }
  return ok<Array<Uint8Array>, PluginError>(out);
}

/** Sets groups to what `save` gave. */
export function restore(index: u32, place: u32, ids: Uint32Array, states: Array<Uint8Array>): PluginError | null {
  for (let i = 0; i < ids.length; i++) {
    if (states[i].length != 16) return new PluginError(ErrorKind.Invalid, "a state of spread has 16 bytes", null);
    const one = group(ids[i]);
    one.least = load<f64>(states[i].dataStart);
    one.most = load<f64>(states[i].dataStart, 8);
  }
  return null;
}
