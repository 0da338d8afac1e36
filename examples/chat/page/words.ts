// Words of the page: names, times, and lists of both.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const fullTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

const DAY_MS = 24 * 60 * 60 * 1000;

export function timeOf(at: string): string {
  return clock.format(new Date(at));
}

export function fullTimeOf(at: string): string {
  return fullTime.format(new Date(at));
}

/** Which day it was, as a key. */
export function dayOf(at: string): string {
  return new Date(at).toDateString();
}

/** `Today`, `Yesterday`, or the day. */
export function dayName(at: string): string {
  if (dayOf(at) === new Date().toDateString()) return "Today";
  if (dayOf(at) === new Date(Date.now() - DAY_MS).toDateString()) return "Yesterday";
  return longDay.format(new Date(at));
}

/** `Ada`, `Ada and Bob`, or `Ada, Bob and 3 others`. */
export function namesOf(names: readonly string[], most = 3): string {
  if (names.length > most) {
    const others = names.length - (most - 1);
    return `${names.slice(0, most - 1).join(", ")} and ${others} others`;
  }
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** `1 new message`, `2 new messages`. */
export function countOf(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** The letter that stands for a name. */
export function initialOf(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? "?";
}

/** One of so many colours, always the same for a name. */
export function hueOf(name: string, hues = 8): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return sum % hues;
}
