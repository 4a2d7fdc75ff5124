import { Column, Failure, PluginError, Result } from "plutino";
import { add as addRows } from "../../../../template/aggregate/assembly/aggregate";

/** The aggregate function of the template for new plugins: what authors begin with is what is tested. */
export { aggregates, drop, finish, merge, prepare, remove, restore, save } from "../../../../template/aggregate/assembly/aggregate";

/** As the template's, but the value 666 ends the instance. */
export function add(index: u32, place: u32, ids: Uint32Array, args: Array<Column>): Result<Array<Failure>, PluginError> {
  const values = args[0].asFloats;
  for (let i = 0; i < values.length; i++) if (values[i] == 666) throw new Error("as asked");
  return addRows(index, place, ids, args);
}
