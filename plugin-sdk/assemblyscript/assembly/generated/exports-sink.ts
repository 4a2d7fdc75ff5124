// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.
import {
  liftString,
  reset,
} from "plutino/cabi";
import {
  lowerResultUnitPluginError,
  lowerResultFormPluginError,
  flatBatch,
  flatOptionRowBatch,
} from "plutino/generated/codec";
import * as plugin from "../assembly/sink";
const area: usize = memory.data(28, 8);
export function sink_configure(p0_0: i32, p0_1: i32): usize {
  const r = plugin.configure(liftString(<usize>p0_0, <usize>p0_1));
  lowerResultFormPluginError(r, area);
  return area;
}
export function sink_configure_post(r: usize): void { reset(); }
export function sink_open(): usize {
  const r = plugin.open();
  lowerResultUnitPluginError(r, area);
  return area;
}
export function sink_open_post(r: usize): void { reset(); }
export function sink_collect(p0_0: i32, p0_1: i32, p0_2: i32, p0_3: i32, p0_4: i32, p1_0: i32, p1_1: i32, p1_2: i32, p1_3: i32, p1_4: i32): usize {
  const r = plugin.collect(flatBatch(p0_0, p0_1, p0_2, p0_3, p0_4), flatOptionRowBatch(p1_0, p1_1, p1_2, p1_3, p1_4));
  lowerResultUnitPluginError(r, area);
  return area;
}
export function sink_collect_post(r: usize): void { reset(); }
export function sink_close(): void { plugin.close(); }
export function sink_close_post(): void { reset(); }
