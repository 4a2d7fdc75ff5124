import { Batch, Connection, ErrorKind, Form, Json, PluginError, Result, RowBatch, err, ok } from "plutino";
import { decodeMessages } from "./messages";
import { Options, readOptions } from "./options";
import { Plan, planRows } from "./plan";
import { Statement } from "./statement";

let options: Options = new Options();
let connection: Connection | null = null;

export function configure(config: string): Result<Form, PluginError> {
  const json = Json.parse(config);
  if (!json.isOk) return err<Form, PluginError>(invalid("the configuration is not JSON: " + json.error));
  const read = readOptions(json.value);
  if (!read.isOk) return err<Form, PluginError>(invalid(read.error));
  options = read.value;
  return ok<Form, PluginError>(options.decodeMessages ? Form.Encoded : Form.Rows);
}

/** Called again after a lost connection. */
export function open(): PluginError | null {
  close();
  const opened = Connection.open(options.url);
  if (!opened.isOk) return opened.error;
  connection = opened.value;
  return null;
}

/** All of the batch or nothing: one statement, or a transaction of several. */
export function collect(batch: Batch, properties: RowBatch | null): PluginError | null {
  let plan: Plan;
  if (batch.isRows) {
    plan = planRows(options, batch.asRows);
  } else {
    plan = decodeMessages(options, batch.asEncoded);
  }
  if (plan.problem !== null) return new PluginError(ErrorKind.Rejected, plan.problem!, null);
  const db = connection;
  if (db === null) return new PluginError(ErrorKind.Unavailable, "the connection is not open", null);
  if (plan.statements.length == 0) return null;
  if (plan.statements.length == 1) return run(db, plan.statements[0]);
  return runTogether(db, plan.statements);
}

export function close(): void {
  const db = connection;
  connection = null;
  if (db !== null) db.drop();
}

function invalid(message: string): PluginError {
  return new PluginError(ErrorKind.Invalid, message, null);
}

function run(db: Connection, statement: Statement): PluginError | null {
  const batch = statement.batch;
  const done = batch === null ? db.execBatch(statement.sql, statement.rows) : db.execBatchOf(statement.sql, batch);
  return done.isOk ? null : done.error;
}

function runTogether(db: Connection, statements: Statement[]): PluginError | null {
  let failed = db.begin();
  if (failed !== null) return failed;
  for (let i = 0; i < statements.length && failed === null; i++) failed = run(db, statements[i]);
  if (failed === null) failed = db.commit();
  // What the rollback says is of no interest: the first error is the cause, and a lost connection rolls back by itself.
  if (failed !== null) db.rollback();
  return failed;
}
