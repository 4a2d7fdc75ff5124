// Generated from wit/plugin.wit by plugin-sdk/assemblyscript/generate; do not edit.
import {
  reset,
} from "plutino/cabi";
import {
  liftListU8,
  lowerResultUnitPluginError,
  lowerResultListU8PluginError,
} from "plutino/generated/codec";
import * as plugin from "../assembly/checkpoint";
const area: usize = memory.data(28, 8);
export function checkpoint_snapshot(): usize {
  const r = plugin.snapshot();
  lowerResultListU8PluginError(r, area);
  return area;
}
export function checkpoint_snapshot_post(r: usize): void { reset(); }
export function checkpoint_restore(p0_0: i32, p0_1: i32): usize {
  const r = plugin.restore(liftListU8(<usize>p0_0, <usize>p0_1));
  lowerResultUnitPluginError(r, area);
  return area;
}
export function checkpoint_restore_post(r: usize): void { reset(); }
