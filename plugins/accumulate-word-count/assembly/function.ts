import { Argument, Column, Effect, NullRule, PluginError, Result, Results, Signature, ValueType, answer, parameter, signature, state } from "plutino";

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
  for (let i = 0; i < texts.length; i++) out[i] = state.increment(key, texts[i].split(separators[i]).length);
  return answer.ints(out);
}
