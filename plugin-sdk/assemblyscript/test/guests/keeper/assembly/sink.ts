import { Batch, Connection, Form, PluginError, Result, RowBatch, Value, ok } from "plutino";

let mode = "";
let connection: Connection | null = null;
let kept: RowBatch | null = null;

export function configure(config: string): Result<Form, PluginError> {
  mode = config;
  return ok<Form, PluginError>(Form.Rows);
}

export function open(): PluginError | null {
  const opened = Connection.open("db");
  if (!opened.isOk) return opened.error;
  connection = opened.value;
  return null;
}

export function collect(batch: Batch, properties: RowBatch | null): PluginError | null {
  const db = connection!;
  const rows = batch.asRows;
  const before = kept;
  if (mode.startsWith("keep")) {
    if (before === null && mode == "keep read") assert(rows.rows.length == rows.rowsCount);
    if (before === null) kept = rows;
    else give(db, before);
    return null;
  }
  if (mode == "changed") rows.rows[0][0] = Value.text("changed");
  if (mode == "replaced") rows.rows = [[Value.int(rows.rowsCount)]];
  if (mode == "twice") give(db, rows);
  return give(db, rows);
}

function give(db: Connection, rows: RowBatch): PluginError | null {
  const done = db.execBatchOf(mode, rows);
  return done.isOk ? null : done.error;
}

export function close(): void {}
