import { Batch, Connection, ErrorKind, Form, Json, PluginError, Result, RowBatch, Value, err, ok } from "plutino";
import { Memory } from "./memory";

let connection: Connection | null = null;
let url = "";

export function configure(text: string): Result<Form, PluginError> {
  const json = Json.parse(text);
  if (!json.isOk) return err<Form, PluginError>(new PluginError(ErrorKind.Invalid, json.error, null));
  url = json.value.getString("url");
  Memory.mood = json.value.getString("mood", "");
  return ok<Form, PluginError>(Form.Rows);
}

export function open(): PluginError | null {
  const opened = Connection.open(url);
  if (!opened.isOk) return opened.error;
  connection = opened.value;
  return null;
}

/** Writes each row with how many there were, from memory. */
export function collect(batch: Batch, properties: RowBatch | null): PluginError | null {
  const given = batch.asRows;
  const before = Memory.count;
  const rows: Array<Array<Value>> = [];
  for (let i = 0; i < given.rows.length; i++) rows.push(given.rows[i].concat([Value.int(++Memory.count)]));
  const names = given.columns.concat(["written"]);
  const marks = names.map<string>(() => "?").join(", ");
  const done = connection!.execBatch("INSERT INTO ledger (" + names.join(", ") + ") VALUES (" + marks + ")", rows);
  if (done.isOk) return null;
  Memory.count = before;
  return done.error;
}

export function close(): void {
  const db = connection;
  connection = null;
  if (db !== null) db.drop();
}
