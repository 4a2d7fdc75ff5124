import { Argument, Column, Effect, NullRule, PluginError, Result, Results, Signature, ValueType, answer, parameter, signature } from "plutino";
import { Memory } from "./memory";

export function functions(): Array<Signature> {
  return [
    signature("tally", "How many rows there were up to this one, from memory.", [parameter("mood", ValueType.Text, "What saving does.")], ValueType.Int, NullRule.Skip, Effect.Stateful),
  ];
}

export function prepare(index: u32, place: u32, args: Array<Argument>): string | null {
  return null;
}

export function exec(index: u32, place: u32, rows: u32, args: Array<Column>): Result<Results, PluginError> {
  const moods = args[0].asTexts;
  const out = new Int64Array(moods.length);
  for (let i = 0; i < moods.length; i++) {
    if (moods[i] == "die") throw new Error("as asked");
    Memory.mood = moods[i];
    out[i] = ++Memory.count;
  }
  return answer.ints(out);
}
