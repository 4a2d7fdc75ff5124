// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.
import {
  liftString,
  reset,
} from "plutino/cabi";
import {
  lowerDescription,
  lowerResultUnitPluginError,
  flatOptionString,
  lowerResultMessagesPluginError,
} from "plutino/generated/codec";
import * as plugin from "../assembly/source";
const area: usize = memory.data(68, 8);
export function source_describe(): usize {
  const r = plugin.describe();
  lowerDescription(r, area);
  return area;
}
export function source_describe_post(r: usize): void { reset(); }
export function source_configure(p0_0: i32, p0_1: i32, p1_0: i32, p1_1: i32): usize {
  const r = plugin.configure(liftString(<usize>p0_0, <usize>p0_1), liftString(<usize>p1_0, <usize>p1_1));
  lowerResultUnitPluginError(r, area);
  return area;
}
export function source_configure_post(r: usize): void { reset(); }
export function source_open(p0_0: i32, p0_1: i32, p0_2: i32): usize {
  const r = plugin.open(flatOptionString(p0_0, p0_1, p0_2));
  lowerResultUnitPluginError(r, area);
  return area;
}
export function source_open_post(r: usize): void { reset(); }
export function source_collect(p0_0: i32, p1_0: i32): usize {
  const r = plugin.collect(<u32>p0_0, <u32>p1_0);
  lowerResultMessagesPluginError(r, area);
  return area;
}
export function source_collect_post(r: usize): void { reset(); }
export function source_commit(p0_0: i32, p0_1: i32): usize {
  const r = plugin.commit(liftString(<usize>p0_0, <usize>p0_1));
  lowerResultUnitPluginError(r, area);
  return area;
}
export function source_commit_post(r: usize): void { reset(); }
export function source_close(): void { plugin.close(); }
export function source_close_post(): void { reset(); }
