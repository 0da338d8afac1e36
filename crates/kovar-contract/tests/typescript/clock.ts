// Time that stands still until a test moves it: `Date.now` and `setTimeout`, for the program and for what Node brings.

import { mock } from "node:test";

export class Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  /** Stops the time, until `mock.restoreAll()`. */
  static stopped(): Clock {
    const clock = new Clock();
    const set = (action: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
      new Timer(clock.#timers, () => clock.#now, () => action(...given), ms);
    mock.method(Date, "now", () => clock.#now);
    mock.method(globalThis, "setTimeout", set as unknown as typeof setTimeout);
    mock.method(globalThis, "clearTimeout", (timer?: Timer) => timer?.clear?.());
    return clock;
  }

  tick(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = next.at;
      next.fire();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.at <= end);
    return due.reduce<Timer | undefined>((first, timer) => (first && first.at <= timer.at ? first : timer), undefined);
  }
}

class Timer {
  at = 0;
  readonly #all: Set<Timer>;
  readonly #now: () => number;
  readonly #action: () => void;
  readonly #ms: number;

  constructor(all: Set<Timer>, now: () => number, action: () => void, ms: number) {
    this.#all = all;
    this.#now = now;
    this.#action = action;
    this.#ms = ms;
    this.refresh();
  }

  fire(): void {
    this.clear();
    this.#action();
  }

  clear(): void {
    this.#all.delete(this);
  }

  refresh(): this {
    this.at = this.#now() + this.#ms;
    this.#all.add(this);
    return this;
  }

  unref(): this {
    return this;
  }
}
