// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.
import {
  reset,
} from "plutino/cabi";
import {
  liftListListValue,
  liftListValue,
  lowerListInfo,
  liftListArgument,
  lowerResultUnitString,
  lowerResultValueString,
  lowerResultListValueString,
  liftListColumn,
} from "plutino/generated/codec";
import * as plugin from "../assembly/function";
const area: usize = memory.data(24, 8);
export function function_names(): usize {
  const r = plugin.names();
  lowerListInfo(r, area);
  return area;
}
export function function_names_post(r: usize): void { reset(); }
export function function_validate(p0_0: i32, p1_0: i32, p1_1: i32): usize {
  const r = plugin.validate(<u32>p0_0, liftListArgument(<usize>p1_0, <usize>p1_1));
  lowerResultUnitString(r, area);
  return area;
}
export function function_validate_post(r: usize): void { reset(); }
export function function_exec(p0_0: i32, p1_0: i32, p1_1: i32): usize {
  const r = plugin.exec(<u32>p0_0, liftListValue(<usize>p1_0, <usize>p1_1));
  lowerResultValueString(r, area);
  return area;
}
export function function_exec_post(r: usize): void { reset(); }
export function function_exec_batch(p0_0: i32, p1_0: i32, p1_1: i32): usize {
  const r = plugin.execBatch(<u32>p0_0, liftListListValue(<usize>p1_0, <usize>p1_1));
  lowerResultListValueString(r, area);
  return area;
}
export function function_exec_batch_post(r: usize): void { reset(); }
export function function_aggregate(p0_0: i32, p1_0: i32, p1_1: i32): usize {
  const r = plugin.aggregate(<u32>p0_0, liftListColumn(<usize>p1_0, <usize>p1_1));
  lowerResultValueString(r, area);
  return area;
}
export function function_aggregate_post(r: usize): void { reset(); }
