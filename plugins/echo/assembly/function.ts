import { Argument, Column, NullRule, PluginError, Result, Results, Signature, ValueType, ok, parameter, signature } from "plutino";

export function functions(): Array<Signature> {
  return [signature("echo", "The value.", [parameter("value", ValueType.Any, "Anything.")], ValueType.Any, NullRule.Call)];
}

export function prepare(index: u32, place: u32, args: Array<Argument>): string | null {
  return null;
}

export function exec(index: u32, place: u32, rows: u32, args: Array<Column>): Result<Results, PluginError> {
  return ok<Results, PluginError>(new Results(args[0], []));
}
