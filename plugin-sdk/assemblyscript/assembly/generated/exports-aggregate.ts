// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.
import {
  reset,
} from "plutino/cabi";
import {
  lowerResultUnitPluginError,
  liftListListU8,
  liftListArgument,
  lowerResultUnitString,
  liftListColumn,
  lowerResultResultsPluginError,
  lowerListAccumulator,
  liftListU32,
  lowerResultListFailurePluginError,
  lowerResultListListU8PluginError,
} from "plutino/generated/codec";
import * as plugin from "../assembly/aggregate";
const area: usize = memory.data(28, 8);
export function aggregate_aggregates(): usize {
  const r = plugin.aggregates();
  lowerListAccumulator(r, area);
  return area;
}
export function aggregate_aggregates_post(r: usize): void { reset(); }
export function aggregate_prepare(p0_0: i32, p1_0: i32, p2_0: i32, p2_1: i32): usize {
  const r = plugin.prepare(<u32>p0_0, <u32>p1_0, liftListArgument(<usize>p2_0, <usize>p2_1));
  lowerResultUnitString(r, area);
  return area;
}
export function aggregate_prepare_post(r: usize): void { reset(); }
export function aggregate_add(p0_0: i32, p1_0: i32, p2_0: i32, p2_1: i32, p3_0: i32, p3_1: i32): usize {
  const r = plugin.add(<u32>p0_0, <u32>p1_0, liftListU32(<usize>p2_0, <usize>p2_1), liftListColumn(<usize>p3_0, <usize>p3_1));
  lowerResultListFailurePluginError(r, area);
  return area;
}
export function aggregate_add_post(r: usize): void { reset(); }
export function aggregate_remove(p0_0: i32, p1_0: i32, p2_0: i32, p2_1: i32, p3_0: i32, p3_1: i32): usize {
  const r = plugin.remove(<u32>p0_0, <u32>p1_0, liftListU32(<usize>p2_0, <usize>p2_1), liftListColumn(<usize>p3_0, <usize>p3_1));
  lowerResultListFailurePluginError(r, area);
  return area;
}
export function aggregate_remove_post(r: usize): void { reset(); }
export function aggregate_merge(p0_0: i32, p1_0: i32, p2_0: i32, p2_1: i32, p3_0: i32, p3_1: i32): usize {
  const r = plugin.merge(<u32>p0_0, <u32>p1_0, liftListU32(<usize>p2_0, <usize>p2_1), liftListU32(<usize>p3_0, <usize>p3_1));
  lowerResultUnitPluginError(r, area);
  return area;
}
export function aggregate_merge_post(r: usize): void { reset(); }
export function aggregate_finish(p0_0: i32, p1_0: i32, p2_0: i32, p2_1: i32): usize {
  const r = plugin.finish(<u32>p0_0, <u32>p1_0, liftListU32(<usize>p2_0, <usize>p2_1));
  lowerResultResultsPluginError(r, area);
  return area;
}
export function aggregate_finish_post(r: usize): void { reset(); }
export function aggregate_drop(p0_0: i32, p0_1: i32): void { plugin.drop(liftListU32(<usize>p0_0, <usize>p0_1)); }
export function aggregate_drop_post(): void { reset(); }
export function aggregate_save(p0_0: i32, p1_0: i32, p2_0: i32, p2_1: i32): usize {
  const r = plugin.save(<u32>p0_0, <u32>p1_0, liftListU32(<usize>p2_0, <usize>p2_1));
  lowerResultListListU8PluginError(r, area);
  return area;
}
export function aggregate_save_post(r: usize): void { reset(); }
export function aggregate_restore(p0_0: i32, p1_0: i32, p2_0: i32, p2_1: i32, p3_0: i32, p3_1: i32): usize {
  const r = plugin.restore(<u32>p0_0, <u32>p1_0, liftListU32(<usize>p2_0, <usize>p2_1), liftListListU8(<usize>p3_0, <usize>p3_1));
  lowerResultUnitPluginError(r, area);
  return area;
}
export function aggregate_restore_post(r: usize): void { reset(); }
