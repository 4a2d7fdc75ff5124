import {
  Answers, Argument, Column, Effect, ErrorKind, Json, NullRule, Parameter, PluginError, Result, Results, Signature, Value, ValueType, answer, clock, err, parameter, signature, valueAt,
} from "plutino";

export function functions(): Array<Signature> {
  return [
    signature("echo", "The value.", [parameter("value", ValueType.Any, "Anything.")], ValueType.Any, NullRule.Call),
    signature("twice", "Double.", [parameter("value", ValueType.Float, "A number.", true)], ValueType.Float),
    signature("fail", "Traps.", [], ValueType.Any, NullRule.Call, Effect.Volatile),
    signature("next", "Plus one.", [parameter("value", ValueType.Int, "A number.")], ValueType.Int),
    signature("shout", "Upper case.", [parameter("value", ValueType.Text, "A text.")], ValueType.Text, NullRule.Skip, Effect.Stateful),
    signature("norm4", "Length of a vector.", ["a", "b", "c", "d"].map<Parameter>((name) => parameter(name, ValueType.Float, "A number.")), ValueType.Float),
    signature("moments", "Asks for the time, once for each row.", [parameter("value", ValueType.Float, "Anything.")], ValueType.Float, NullRule.Skip, Effect.Volatile),
    signature("pauses", "Sleeps for no time, once for each row.", [parameter("value", ValueType.Float, "Anything.")], ValueType.Float, NullRule.Skip, Effect.Volatile),
  ];
}

export function prepare(index: u32, place: u32, args: Array<Argument>): string | null {
  if (args.length == 0 || args[0].isExpression) return null;
  const first = args[0];
  return first.asConstant.isFloat ? "constant " + first.asConstant.asFloat.toString() : null;
}

/** `echo` refuses "no", traps at "trap" and never returns from "spin". */
export function exec(index: u32, place: u32, rows: u32, args: Array<Column>): Result<Results, PluginError> {
  if (index == 2) throw new Error("fail was called: " + rows.toString());
  if (index == 1) {
    const floats = args[0].asFloats;
    const out = new Float64Array(floats.length);
    for (let i = 0; i < floats.length; i++) out[i] = floats[i] * 2;
    return answer.floats(out);
  }
  if (index == 3) {
    const ints = args[0].asInts;
    for (let i = 0; i < ints.length; i++) ints[i] += 1;
    return answer.ints(ints);
  }
  if (index == 4) return answer.texts(args[0].asTexts.map<string>((text) => text.toUpperCase()));
  if (index == 5) return norm(args);
  if (index >= 6) {
    for (let i: u32 = 0; i < rows; i++) {
      if (index == 6) clock.now();
      else clock.sleep(0);
    }
    return answer.floats(args[0].asFloats);
  }
  if (args.length != 1) return err<Results, PluginError>(new PluginError(ErrorKind.Internal, "one argument expected", null));
  const out = new Answers();
  for (let i = 0; i < <i32>rows; i++) echo(valueAt(args[0], i), out);
  return out.done();
}

function norm(args: Array<Column>): Result<Results, PluginError> {
  const a = args[0].asFloats, b = args[1].asFloats, c = args[2].asFloats, d = args[3].asFloats;
  const out = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = Math.sqrt(a[i] * a[i] + b[i] * b[i] + c[i] * c[i] + d[i] * d[i]);
  return answer.floats(out);
}

function echo(value: Value, out: Answers): void {
  if (value.isText && value.asText == "trap") throw new Error("as asked");
  if (value.isText && value.asText == "spin") while (true) {}
  if (value.isText && value.asText == "no") out.fail("no was said");
  else if (value.isText && value.asText.startsWith("json:")) {
    const parsed = Json.parse(value.asText.substring(5));
    if (parsed.isOk) out.give(Value.json(parsed.value.toString()));
    else out.fail(parsed.error);
  } else out.give(value);
}
