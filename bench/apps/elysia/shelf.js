// Where created things are kept: the last thousand, in memory.
export class Shelf {
  #values = new Array(1000);
  #next = 0;

  put(value) {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#values.length;
  }
}
