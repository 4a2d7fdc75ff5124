import { Argument, Column, Effect, Failure, NullRule, PluginError, Result, Results, Signature, ValueType, ok, parameter, signature, state } from "plutino";

export function functions(): Array<Signature> {
  const params = [parameter("text", ValueType.Text, "A text."), parameter("separator", ValueType.Text, "What stands between two words.")];
  return [
    signature("accumulateWordCount", "How many words there were in all rows up to this one.", params, ValueType.Int, NullRule.Skip, Effect.Stateful),
  ];
}

export function prepare(index: u32, place: u32, args: Array<Argument>): string | null {
  if (args[1].isConstant && args[1].asConstant.isText && args[1].asConstant.asText.length == 0) return "the separator must not be empty";
  return null;
}

/** The count is kept by the host, so that it goes on after a restart; each place of a statement has its own. */
export function exec(index: u32, place: u32, rows: u32, args: Array<Column>): Result<Results, PluginError> {
  const texts = args[0].asTexts;
  const separators = args[1].asTexts;
  const out = new Int64Array(texts.length);
  const key = "words/" + place.toString();
  const failures: Array<Failure> = [];
  for (let i = 0; i < texts.length; i++) {
    if (separators[i].length == 0) failures.push(new Failure(i, "the separator must not be empty"));
    else out[i] = state.increment(key, texts[i].split(separators[i]).length);
  }
  return ok<Results, PluginError>(new Results(Column.ints(out), failures));
}
