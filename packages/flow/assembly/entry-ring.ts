import { Entry } from "./entry";

/** First in, first out, of entries; its owner sees to it that an entry stands in it once at most. */
export class EntryRing {
  private readonly slots: usize;
  private readonly mask: i32;
  private head: i32 = 0;
  length: i32 = 0;

  /** @param capacity number of entries that there are */
  constructor(capacity: i32) {
    const slots = powerOfTwo(capacity);
    this.slots = heap.alloc((<usize>slots) << 2);
    this.mask = slots - 1;
  }

  push(entry: Entry): void {
    store<u32>(this.slot(this.length), <u32>changetype<usize>(entry));
    this.length++;
  }

  /** The one `ahead` places behind the first; only where `length` > `ahead`. */
  peek(ahead: i32): Entry {
    return changetype<Entry>(load<u32>(this.slot(ahead)));
  }

  /** Takes the first one out; only where `length` > 0. */
  shift(): Entry {
    const entry = this.peek(0);
    this.head = (this.head + 1) & this.mask;
    this.length--;
    return entry;
  }

  private slot(ahead: i32): usize {
    return this.slots + ((<usize>((this.head + ahead) & this.mask)) << 2);
  }
}

/** The least power of two that is not below `count`. */
export function powerOfTwo(count: i32): i32 {
  return count <= 1 ? 1 : 1 << (32 - clz(count - 1));
}
