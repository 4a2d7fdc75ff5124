const MOST = 10000;

/** Rows that were made last. */
export class Seen {
  private known: Set<string> = new Set<string>();
  private order: Array<string> = [];

  /** `depth`: how many are kept; -1: as many as there is room for. */
  constructor(private depth: i32) {
    if (depth < 0 || depth > MOST) this.depth = MOST;
  }

  /** False: it is one of those. */
  add(numbers: Array<i64>): bool {
    if (this.depth == 0) return true;
    const key = numbers.join(",");
    if (this.known.has(key)) return false;
    this.known.add(key);
    this.order.push(key);
    if (this.order.length > this.depth) this.known.delete(this.order.shift());
    return true;
  }
}
