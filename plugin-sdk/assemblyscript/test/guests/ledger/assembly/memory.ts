/** What an instance has in memory and nowhere else. */
export class Memory {
  static count: i64 = 0;
  /** What happens when it is to be saved: see `checkpoint.ts`. */
  static mood: string = "";
}
