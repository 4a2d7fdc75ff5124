import { Argument, Box, Column, Info, Kind, Result, Value, err, ok } from "plutino";

/** The functions of this plugin. The other calls give the place in this list. */
export function names(): Array<Info> {
  return [new Info("slug", Kind.Scalar, 1, new Box<u32>(1)), new Info("spread", Kind.Aggregate, 1, new Box<u32>(1))];
}

/** Called when a statement is checked; the text says what is wrong. The number of arguments was checked before. */
export function validate(index: u32, args: Array<Argument>): string | null {
  if (index == 0 && args[0].isConstant && !args[0].asConstant.isText) return "slug expects a text";
  return null;
}

/** A function for one row. */
export function exec(index: u32, args: Array<Value>): Result<Value, string> {
  if (args[0].isNull) return ok<Value, string>(Value.null());
  if (!args[0].isText) return err<Value, string>("slug expects a text");
  return ok<Value, string>(Value.text(args[0].asText.trim().toLowerCase().replaceAll(" ", "-")));
}

/** The same for many rows in one call. */
export function execBatch(index: u32, rows: Array<Array<Value>>): Result<Array<Value>, string> {
  const out = new Array<Value>(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const one = exec(index, rows[i]);
    if (!one.isOk) return err<Array<Value>, string>(one.error);
    out[i] = one.value;
  }
  return ok<Array<Value>, string>(out);
}

/** An aggregate function over the rows of a group; columns of numbers come as one array. */
export function aggregate(index: u32, args: Array<Column>): Result<Value, string> {
  if (!args[0].isFloats) return err<Value, string>("spread expects numbers");
  const numbers = args[0].asFloats;
  if (numbers.length == 0) return ok<Value, string>(Value.null());
  let least = numbers[0];
  let most = numbers[0];
  for (let i = 1; i < numbers.length; i++) {
    least = min(least, numbers[i]);
    most = max(most, numbers[i]);
  }
  return ok<Value, string>(Value.float(most - least));
}
