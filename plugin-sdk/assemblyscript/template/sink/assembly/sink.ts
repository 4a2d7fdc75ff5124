import { Batch, ErrorKind, Form, Json, Log, PluginError, Result, RowBatch, Value, err, ok, state } from "plutino";

let prefix = "";

/** Called once, first. `config`: the properties of the action as JSON, checked against the manifest. Answers in which form the sink wants its data. */
export function configure(config: string): Result<Form, PluginError> {
  const json = Json.parse(config);
  if (!json.isOk) return err<Form, PluginError>(new PluginError(ErrorKind.Invalid, json.error, null));
  prefix = json.value.getString("prefix", "row");
  return ok<Form, PluginError>(Form.Rows);
}

/** Connects. Called again after every error of kind Unavailable. Null says that all went well. */
export function open(): PluginError | null {
  Log.info(prefix + " sink is ready");
  return null;
}

/** Takes one batch: all of it or, with an error, nothing. `properties`: the values of properties that are templates, for each row. */
export function collect(batch: Batch, properties: RowBatch | null): PluginError | null {
  const data = batch.asRows;
  for (let i = 0; i < data.rows.length; i++) {
    let line = prefix;
    for (let k = 0; k < data.columns.length; k++) line += " " + data.columns[k] + "=" + show(data.rows[i][k]);
    Log.info(line);
  }
  state.increment("rows", data.rows.length);
  return null;
}

/** Releases everything. */
export function close(): void {}

function show(value: Value): string {
  if (value.isText) return value.asText;
  if (value.isInt) return value.asInt.toString();
  if (value.isFloat) return value.asFloat.toString();
  if (value.isBoolean) return value.asBoolean ? "true" : "false";
  if (value.isJson) return value.asJson;
  return value.isNull ? "null" : "(" + (value.isBytes ? value.asBytes.length.toString() + " bytes" : "timestamp") + ")";
}
