import { calls } from "./cabi";

/** A list that the host has written into the memory of this call and that nobody has read yet. */
@final export class Unread {
  private call: u32 = calls();
  constructor(private at: usize, readonly count: usize) {}

  /** Where it lies. After the call, other things lie there. */
  address(): usize {
    assert(this.call == calls(), "rows can be read for the first time only during the call that brought them: read them in collect");
    return this.at;
  }
}
