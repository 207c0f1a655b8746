import type { StringColumn } from "@hopline/batch";

/**
 * Which of a few things each row is about: `items[rows[row]]`. Several string columns come out of one of these, each
 * with its own dictionary and no look-up by text for a row.
 */
export class RowPicks<Item> {
  readonly #items: Item[] = [];
  readonly #indexOf = new Map<Item, number>();
  readonly #rows: Uint32Array;

  constructor(count: number) {
    this.#rows = new Uint32Array(count);
  }

  /** @param item the same object for the same thing: they are told apart by identity. */
  set(row: number, item: Item): void {
    let index = this.#indexOf.get(item);
    if (index === undefined) {
      index = this.#items.length;
      this.#items.push(item);
      this.#indexOf.set(item, index);
    }
    this.#rows[row] = index;
  }

  /** One property of each row's item as a dictionary column. At most 65,536 rows. */
  column(textOf: (item: Item) => string): StringColumn {
    const values: string[] = [];
    const indexOf = new Map<string, number>();
    const valueOfItem = new Uint16Array(this.#items.length);
    for (const [item, text] of this.#items.map(textOf).entries()) {
      let index = indexOf.get(text);
      if (index === undefined) {
        index = values.length;
        values.push(text);
        indexOf.set(text, index);
      }
      valueOfItem[item] = index;
    }
    const indexes = new Uint16Array(this.#rows.length);
    for (let row = 0; row < indexes.length; row++)
      indexes[row] = valueOfItem[this.#rows[row] as number] as number;
    return { values, indexes };
  }
}

/** A column that says the same in every row. */
export function constantColumn(value: string, count: number): StringColumn {
  return { values: [value], indexes: new Uint16Array(count) };
}
