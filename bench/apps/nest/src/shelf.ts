// Where created things are kept: the last thousand, in memory.
export class Shelf<T> {
  #values = new Array<T>(1000);
  #next = 0;

  put(value: T): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#values.length;
  }
}
