import { Column, Effect, Failure, NullRule, Parameter, PluginError, Results, Signature, Value, ValueType } from "./generated/types";
import { Result, ok } from "./result";

/** A parameter of a function: `parameter("text", ValueType.Text, "Any text.")`. */
export function parameter(name: string, accepts: ValueType, doc: string, optional: bool = false): Parameter {
  return new Parameter(name, accepts, optional, doc);
}

/**
 * A function as SQL sees it. With `NullRule.Skip` the result is null when an argument is, and the function is not called.
 * `Effect.Pure`: the result depends on the arguments alone. `repeats`: the last parameter may come any number of times.
 */
export function signature(
  name: string,
  doc: string,
  parameters: Array<Parameter>,
  returns: ValueType,
  nulls: NullRule = NullRule.Skip,
  effect: Effect = Effect.Pure,
  repeats: bool = false,
): Signature {
  return new Signature(name, doc, parameters, repeats, returns, nulls, effect);
}

/** The value of a column in a row, in whatever form the column is. */
export function valueAt(column: Column, row: i32): Value {
  if (column.isFloats) return Value.float(column.asFloats[row]);
  if (column.isInts) return Value.int(column.asInts[row]);
  if (column.isTexts) return Value.text(column.asTexts[row]);
  return column.asValues[row];
}

/** The answer of `exec`, when no row failed. */
export namespace answer {
  export function floats(values: Float64Array): Result<Results, PluginError> {
    return ok<Results, PluginError>(new Results(Column.floats(values), []));
  }
  export function ints(values: Int64Array): Result<Results, PluginError> {
    return ok<Results, PluginError>(new Results(Column.ints(values), []));
  }
  export function texts(values: Array<string>): Result<Results, PluginError> {
    return ok<Results, PluginError>(new Results(Column.texts(values), []));
  }
  export function values(values: Array<Value>): Result<Results, PluginError> {
    return ok<Results, PluginError>(new Results(Column.values(values), []));
  }
}

/** The answer of `exec`, row by row: `give` or `fail` for each, then `done`. */
export class Answers {
  private values: Array<Value> = [];
  private failures: Array<Failure> = [];

  /** The result of the next row. */
  give(value: Value): void {
    this.values.push(value);
  }

  /** There is no result for the next row: it goes to the rule's error path with this message. */
  fail(message: string): void {
    this.failures.push(new Failure(this.values.length, message));
    this.values.push(Value.null());
  }

  done(): Result<Results, PluginError> {
    return ok<Results, PluginError>(new Results(Column.values(this.values), this.failures));
  }
}
