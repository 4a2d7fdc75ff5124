import { NodeMetrics } from './metrics.ts'

/** The counters of the node that holds rows back until the watermark has come to them. */
export class WatermarkMetrics extends NodeMetrics {
  /** Rows that came when the watermark had passed them. */
  late = 0
  /** In milliseconds; minus infinity before the first. */
  watermark: () => number = () => Number.NEGATIVE_INFINITY
  /** The stream that the watermark waits for; empty with one stream. */
  heldBy: () => string = () => ''

  override entries(): readonly (readonly [string, number | string])[] {
    const watermark = this.watermark()
    const own: readonly (readonly [string, number | string])[] = [
      ['records_late_total', this.late],
      ['watermark', Number.isFinite(watermark) ? watermark : 0],
      ['watermark_held_by', this.heldBy()],
    ]
    return [...super.entries(), ...own.map(([name, value]) => [`${this.key}_${name}`, value] as const)]
  }
}
