import { Argument, Box, Column, Info, Json, Kind, Result, Value, err, ok } from "plutino";

export function names(): Array<Info> {
  return [new Info("echo", Kind.Scalar, 1, new Box<u32>(1)), new Info("total", Kind.Aggregate, 1, null), new Info("fail", Kind.Scalar, 0, null)];
}

export function validate(index: u32, args: Array<Argument>): string | null {
  if (args.length == 0) return "no argument";
  const first = args[0];
  if (first.isExpression) return "expression " + first.asExpression;
  return first.asConstant.isFloat ? "constant " + first.asConstant.asFloat.toString() : null;
}

/** What it gets. Function 2 throws; text that begins with { goes through the JSON reader and writer. */
export function exec(index: u32, args: Array<Value>): Result<Value, string> {
  if (index == 2) throw new Error("fail was called: " + args.length.toString());
  if (args.length != 1) return err<Value, string>("one argument expected");
  const arg = args[0];
  if (arg.isText && arg.asText.startsWith("json:")) {
    const parsed = Json.parse(arg.asText.substring(5));
    return parsed.isOk ? ok<Value, string>(Value.json(parsed.value.toString())) : err<Value, string>(parsed.error);
  }
  return ok<Value, string>(arg);
}

export function execBatch(index: u32, rows: Array<Array<Value>>): Result<Array<Value>, string> {
  const out: Value[] = [];
  for (let i = 0; i < rows.length; i++) {
    const one = exec(index, rows[i]);
    if (!one.isOk) return err<Array<Value>, string>(one.error);
    out.push(one.value);
  }
  return ok<Array<Value>, string>(out);
}

export function aggregate(index: u32, args: Array<Column>): Result<Value, string> {
  if (args.length == 0) return err<Value, string>("one column expected");
  if (args[0].isValues) return ok<Value, string>(Value.int(args[0].asValues.length));
  const floats = args[0].asFloats;
  let sum: f64 = 0;
  for (let i = 0; i < floats.length; i++) sum += floats[i];
  return ok<Value, string>(Value.float(sum));
}
