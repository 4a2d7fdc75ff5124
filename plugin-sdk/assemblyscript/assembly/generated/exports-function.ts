// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.
import {
  reset,
} from "plutino/cabi";
import {
  lowerListSignature,
  liftListArgument,
  lowerResultUnitString,
  liftListColumn,
  lowerResultResultsPluginError,
} from "plutino/generated/codec";
import * as plugin from "../assembly/function";
const area: usize = memory.data(28, 8);
export function scalar_functions(): usize {
  const r = plugin.functions();
  lowerListSignature(r, area);
  return area;
}
export function scalar_functions_post(r: usize): void { reset(); }
export function scalar_prepare(p0_0: i32, p1_0: i32, p2_0: i32, p2_1: i32): usize {
  const r = plugin.prepare(<u32>p0_0, <u32>p1_0, liftListArgument(<usize>p2_0, <usize>p2_1));
  lowerResultUnitString(r, area);
  return area;
}
export function scalar_prepare_post(r: usize): void { reset(); }
export function scalar_exec(p0_0: i32, p1_0: i32, p2_0: i32, p3_0: i32, p3_1: i32): usize {
  const r = plugin.exec(<u32>p0_0, <u32>p1_0, <u32>p2_0, liftListColumn(<usize>p3_0, <usize>p3_1));
  lowerResultResultsPluginError(r, area);
  return area;
}
export function scalar_exec_post(r: usize): void { reset(); }
