import { Json, Result, err, ok } from "plutino";

/** The configuration of one action, checked. */
export class Options {
  url: string = "";
  /** Quoted, ready for a statement. */
  table: string = "";
  keys: string[] = [];
  /** Empty: every row is inserted, or upserted when there are keys. */
  rowkindField: string = "";
  skipNull: bool = false;
  decodeMessages: bool = false;
}

export function readOptions(config: Json): Result<Options, string> {
  const out = new Options();
  out.url = config.getString("url", config.getString("dburl"));
  if (out.url.length == 0) return err<Options, string>("property Url is required");
  const table = config.getString("table");
  if (table.length == 0) return err<Options, string>("property Table is required");
  out.table = quoteTable(table);
  if (out.table.length == 0) return err<Options, string>("property Table is not the name of a table: " + table);
  out.keys = keysOf(config);
  out.rowkindField = config.getString("rowkindField");
  if (out.rowkindField.length > 0 && out.keys.length == 0) return err<Options, string>("keyField is required when rowkindField is set");
  if (out.keys.includes(out.rowkindField)) return err<Options, string>("rowkindField and keyField cannot be the same column");
  out.skipNull = config.getBool("skipNull");
  out.decodeMessages = config.getBool("decodeMessages");
  return ok<Options, string>(out);
}

/** keyField first, then keyFields, each once. */
function keysOf(config: Json): string[] {
  const all = config.getStrings("keyField").concat(config.getStrings("keyFields"));
  const out: string[] = [];
  for (let i = 0; i < all.length; i++) if (all[i].length > 0 && !out.includes(all[i])) out.push(all[i]);
  return out;
}

/** Any text as the name of a column: nothing in it can end the quotation. */
export function quoteName(name: string): string {
  return "`" + name.replaceAll("`", "``") + "`";
}

/** `schema.table` or `table`, bare or already in backticks; empty if a part is. */
function quoteTable(table: string): string {
  const parts = table.split(".");
  const out: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    let part = parts[i].trim();
    if (part.length > 2 && part.startsWith("`") && part.endsWith("`")) part = part.substring(1, part.length - 1);
    if (part.length == 0) return "";
    out.push(quoteName(part));
  }
  return out.length > 2 ? "" : out.join(".");
}
