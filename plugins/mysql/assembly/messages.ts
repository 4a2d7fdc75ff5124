import { Json, JsonKind, Value } from "plutino";
import { Options } from "./options";
import { Layout, Plan, planRow } from "./plan";

/** Rows out of messages that are JSON objects or arrays of them. An absent member is an absent column, a null one is NULL. */
export function decodeMessages(options: Options, messages: Uint8Array[]): Plan {
  const plan = new Plan();
  const layouts = new Map<string, Layout>();
  for (let i = 0; i < messages.length; i++) {
    const text = String.UTF8.decodeUnsafe(messages[i].dataStart, messages[i].length);
    const parsed = Json.parse(text);
    if (!parsed.isOk) return plan.refuse("the message is not JSON: " + parsed.error);
    let objects: Json[] = [parsed.value];
    if (parsed.value.isArray) objects = parsed.value.items;
    for (let k = 0; k < objects.length; k++) {
      const problem = planObject(plan, options, layouts, objects[k]);
      if (problem !== null) return plan.refuse(problem);
    }
  }
  return plan;
}

function planObject(plan: Plan, options: Options, layouts: Map<string, Layout>, object: Json): string | null {
  if (!object.isObject) return "the message is not a JSON object or an array of objects";
  const columns = object.keys();
  // As JSON text: names may hold any separator.
  const names: Json[] = [];
  const row: Value[] = [];
  for (let i = 0; i < columns.length; i++) {
    names.push(Json.string(columns[i]));
    row.push(toValue(object.get(columns[i])!));
  }
  const signature = Json.array(names).toString();
  if (!layouts.has(signature)) layouts.set(signature, new Layout(signature, options, columns));
  const layout = layouts.get(signature);
  if (layout.problem !== null) return layout.problem;
  return planRow(plan, options, layout, row);
}

function toValue(json: Json): Value {
  switch (json.kind) {
    case JsonKind.Null: return Value.null();
    case JsonKind.Bool: return Value.boolean(json.int != 0);
    case JsonKind.Int: return Value.int(json.int);
    case JsonKind.Float: return Value.float(json.float);
    case JsonKind.String: return Value.text(json.text);
    default: return Value.json(json.toString());
  }
}
