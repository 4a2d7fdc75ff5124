import { Argument, Column, PluginError, Result, Results, Signature, ValueType, answer, parameter, signature } from "plutino";

/** The functions of this plugin; statements are checked by these declarations. The other calls give the place in this list. */
export function functions(): Array<Signature> {
  return [
    signature("slug", "A text as part of a URL: lower case, with dashes.", [parameter("text", ValueType.Text, "Any text.")], ValueType.Text),
    signature(
      "distance",
      "How far a point is from the origin.",
      [parameter("x", ValueType.Float, "To the right."), parameter("y", ValueType.Float, "Up.")],
      ValueType.Float,
    ),
  ];
}

/** Called when a rule starts, once for each `place` that uses the function; the text says what is wrong with constant arguments. */
export function prepare(index: u32, place: u32, args: Array<Argument>): string | null {
  return null;
}

/** A batch of rows: a column for each argument. Parameters of type float, int and text come as one array without nulls. */
export function exec(index: u32, place: u32, rows: u32, args: Array<Column>): Result<Results, PluginError> {
  return index == 0 ? slug(args[0].asTexts) : distance(args[0].asFloats, args[1].asFloats);
}

function slug(texts: Array<string>): Result<Results, PluginError> {
  const out = new Array<string>(texts.length);
  for (let i = 0; i < texts.length; i++) out[i] = texts[i].trim().toLowerCase().replaceAll(" ", "-");
  return answer.texts(out);
}

function distance(x: Float64Array, y: Float64Array): Result<Results, PluginError> {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) out[i] = Math.sqrt(x[i] * x[i] + y[i] * y[i]);
  return answer.floats(out);
}
