import { RowBatch, Value } from "plutino";
import { Options, quoteName } from "./options";

export enum RowKind { Insert, Upsert, Update, Delete }

/** One SQL text and the parameters of every row that it is executed for. */
export class Statement {
  rows: Value[][] = [];
  /** In place of `rows`: a whole batch as it came. */
  batch: RowBatch | null = null;
  /** `picks`: for each parameter the place of its column in a row. */
  constructor(readonly sql: string, readonly picks: i32[]) {}

  add(row: Value[]): void {
    const out = new Array<Value>(this.picks.length);
    for (let i = 0; i < out.length; i++) out[i] = row[this.picks[i]];
    this.rows.push(out);
  }
}

/** The statement for rows of one kind; `present`: places of the columns that are written, `keys`: places of the key columns. */
export function makeStatement(options: Options, kind: RowKind, columns: string[], present: i32[], keys: i32[]): Statement {
  switch (kind) {
    case RowKind.Update: return makeUpdate(options, columns, without(present, keys), keys);
    case RowKind.Delete: return new Statement("DELETE FROM " + options.table + " WHERE " + assignments(columns, keys, " AND "), keys);
    default: return new Statement(insertText(options, kind, columns, present, keys), present);
  }
}

/**
 * An upsert is written in MySQL's way for every database: the host turns ON DUPLICATE KEY UPDATE into SQLite's ON CONFLICT.
 * VALUES(column), which MySQL 8 calls deprecated, is the only form that MariaDB knows too.
 */
function insertText(options: Options, kind: RowKind, columns: string[], present: i32[], keys: i32[]): string {
  const marks = new Array<string>(present.length).fill("?");
  const insert = "INSERT INTO " + options.table + " (" + names(columns, present).join(", ") + ") VALUES (" + marks.join(", ") + ")";
  if (kind == RowKind.Insert) return insert;
  const rest = without(present, keys);
  const updated = names(columns, rest.length == 0 ? keys : rest);
  const sets: string[] = [];
  for (let i = 0; i < updated.length; i++) sets.push(updated[i] + " = VALUES(" + updated[i] + ")");
  return insert + " ON DUPLICATE KEY UPDATE " + sets.join(", ");
}

function makeUpdate(options: Options, columns: string[], rest: i32[], keys: i32[]): Statement {
  const sql = "UPDATE " + options.table + " SET " + assignments(columns, rest, ", ") + " WHERE " + assignments(columns, keys, " AND ");
  return new Statement(sql, rest.concat(keys));
}

function names(columns: string[], places: i32[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < places.length; i++) out.push(quoteName(columns[places[i]]));
  return out;
}

function assignments(columns: string[], places: i32[], between: string): string {
  const out = names(columns, places);
  for (let i = 0; i < out.length; i++) out[i] = out[i] + " = ?";
  return out.join(between);
}

export function without(places: i32[], others: i32[]): i32[] {
  const out: i32[] = [];
  for (let i = 0; i < places.length; i++) if (!others.includes(places[i])) out.push(places[i]);
  return out;
}
