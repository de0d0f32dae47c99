/** First in, first out, at a cost that does not grow with what waits, as that of `Array.shift` does. */
export class Queue<Item> {
  #items: Item[] = [];
  #first = 0;
  readonly #returned: Item[] = [];

  get size(): number {
    return this.#returned.length + this.#items.length - this.#first;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Puts back what was taken; it comes before all that was not. */
  giveBack(items: readonly Item[]): void {
    this.#returned.push(...items);
  }

  shift(): Item | undefined {
    if (this.#returned.length > 0) return this.#returned.shift();
    const item = this.#items[this.#first];
    if (this.#first < this.#items.length) this.#first++;
    if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
