import { RowBatch, Value } from "plutino";
import { Options } from "./options";
import { RowKind, Statement, makeStatement, without } from "./statement";

/** What a batch becomes: statements in the order in which they have to run, or what is wrong with its rows. */
export class Plan {
  problem: string | null = null;
  statements: Statement[] = [];
  private bySignature: Map<string, Statement> = new Map<string, Statement>();
  private last: string = "";

  /** Makes it so that nothing of the batch is written. */
  refuse(problem: string): Plan {
    this.problem = problem;
    return this;
  }

  /**
   * The statement that a row belongs to, if there is one that it may join. With keys a row may depend on the rows before it,
   * so it can only join the last statement; plain inserts are sorted by their columns.
   */
  find(signature: string, ordered: bool): Statement | null {
    if (!this.bySignature.has(signature) || (ordered && signature != this.last)) return null;
    return this.bySignature.get(signature);
  }

  add(signature: string, statement: Statement): void {
    this.bySignature.set(signature, statement);
    this.last = signature;
    this.statements.push(statement);
  }
}

export function planRows(options: Options, batch: RowBatch): Plan {
  const plan = new Plan();
  if (batch.rowsCount == 0) return plan;
  const columns = batch.columns;
  const layout = new Layout("", options, columns);
  if (layout.problem !== null) return plan.refuse(layout.problem!);
  if (layout.uniform) {
    const kind = options.keys.length > 0 ? RowKind.Upsert : RowKind.Insert;
    const statement = makeStatement(options, kind, columns, layout.written, layout.keys);
    statement.batch = batch;
    plan.statements.push(statement);
    return plan;
  }
  const rows = batch.rows;
  for (let i = 0; i < rows.length; i++) {
    const problem = planRow(plan, options, layout, rows[i]);
    if (problem !== null) return plan.refuse(problem);
  }
  return plan;
}

/** Where the columns of the options are in the rows. */
export class Layout {
  problem: string | null = null;
  keys: i32[] = [];
  /** All columns but the row kind. */
  written: i32[] = [];
  rowkind: i32 = -1;
  /** All rows go into one statement as they are. */
  uniform: bool = false;

  /** `id` tells layouts of one plan apart. */
  constructor(readonly id: string, options: Options, readonly columns: string[]) {
    for (let i = 0; i < columns.length; i++) {
      if (options.rowkindField.length > 0 && columns[i] == options.rowkindField) this.rowkind = i;
      else this.written.push(i);
    }
    for (let i = 0; i < options.keys.length; i++) {
      const at = columns.indexOf(options.keys[i]);
      if (at < 0) this.problem = "the row has no column " + options.keys[i] + ", which keyField names";
      else this.keys.push(at);
    }
    if (this.written.length == 0) this.problem = "the row has no columns";
    this.uniform = options.rowkindField.length == 0 && !options.skipNull;
  }
}

/** Puts one row into its statement; says what is wrong with it. */
export function planRow(plan: Plan, options: Options, layout: Layout, row: Value[]): string | null {
  let kind = options.keys.length > 0 ? RowKind.Upsert : RowKind.Insert;
  if (options.rowkindField.length > 0) {
    kind = RowKind.Insert;
    if (layout.rowkind >= 0 && !row[layout.rowkind].isNull) {
      const found = rowKindOf(row[layout.rowkind]);
      if (found < 0) return "column " + options.rowkindField + " has to be insert, upsert, update or delete";
      kind = <RowKind>found;
    }
  }
  const changes = kind == RowKind.Update || kind == RowKind.Delete;
  if (changes) for (let i = 0; i < layout.keys.length; i++) if (row[layout.keys[i]].isNull) return "key column " + layout.columns[layout.keys[i]] + " is null";
  const present = options.skipNull ? presentIn(row, layout.written) : layout.written;
  if (kind == RowKind.Update && without(present, layout.keys).length == 0) return null;
  if (present.length == 0) return "every column of the row is null";
  const signature = (<i32>kind).toString() + (kind == RowKind.Delete ? "" : ":" + present.join(",")) + layout.id;
  let statement = plan.find(signature, options.keys.length > 0);
  if (statement === null) {
    statement = makeStatement(options, kind, layout.columns, present, layout.keys);
    plan.add(signature, statement);
  }
  statement.add(row);
  return null;
}

function presentIn(row: Value[], places: i32[]): i32[] {
  const out: i32[] = [];
  for (let i = 0; i < places.length; i++) if (!row[places[i]].isNull) out.push(places[i]);
  return out;
}

function rowKindOf(value: Value): i32 {
  if (!value.isText) return -1;
  const text = value.asText;
  if (text == "insert") return RowKind.Insert;
  if (text == "upsert") return RowKind.Upsert;
  if (text == "update") return RowKind.Update;
  return text == "delete" ? RowKind.Delete : -1;
}
