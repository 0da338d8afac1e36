// The list of messages: days, who said what, what is new, and who has read how far.
//
// Rows have keys. A row that stays is the same element, so that a reader, a selection or the focus in it stays, too.
import { countOf, dayName, dayOf, fullTimeOf, hueOf, initialOf, namesOf, timeOf } from "./words.js";
/** Messages of one author within this time belong together. */
const TOGETHER_MS = 5 * 60 * 1000;
export class Timeline {
    #list;
    #rows = new Map();
    constructor(list) {
        this.#list = list;
    }
    /** Shows a room. What comes after `lastSeen` is new, if that is said. */
    show(room, lastSeen) {
        const rows = rowsOf(room, lastSeen);
        const keys = new Set(rows.map(({ key }) => key));
        for (const [key, { element }] of this.#rows) {
            if (keys.has(key))
                continue;
            element.remove();
            this.#rows.delete(key);
        }
        let next = this.#list.firstElementChild;
        for (const row of rows) {
            const before = this.#rows.get(row.key);
            if (before?.shows === row.shows) {
                if (before.element === next)
                    next = next.nextElementSibling;
                else
                    this.#list.insertBefore(before.element, next);
                continue;
            }
            const element = row.make();
            if (before === undefined)
                this.#list.insertBefore(element, next);
            else {
                if (before.element === next)
                    next = next.nextElementSibling;
                before.element.replaceWith(element);
            }
            this.#rows.set(row.key, { shows: row.shows, element });
        }
    }
}
/** What is shown, from top to bottom. */
function rowsOf(room, lastSeen) {
    const rows = [];
    const { messages, readers } = room;
    const isNew = ({ id, author }) => lastSeen !== undefined && id > lastSeen && author !== room.me;
    const firstNew = messages.find(isNew);
    let before;
    for (const message of messages) {
        if (before === undefined || dayOf(before.at) !== dayOf(message.at))
            rows.push(dayRow(message.at));
        if (message === firstNew)
            rows.push(dividerRow(messages.filter(isNew).length));
        const isFirst = message === firstNew || !belongTogether(before, message);
        const seenBy = (readers.get(message.id) ?? []).filter((name) => name !== message.author);
        rows.push(messageRow(message, room.me, isFirst, seenBy));
        before = message;
    }
    const isFirst = before?.author !== room.me;
    room.unsent.forEach((unsent, index) => rows.push(unsentRow(room, unsent, isFirst && index === 0)));
    return rows;
}
function belongTogether(before, message) {
    if (before?.author !== message.author || dayOf(before.at) !== dayOf(message.at))
        return false;
    return Date.parse(message.at) - Date.parse(before.at) < TOGETHER_MS;
}
function dayRow(at) {
    const name = dayName(at);
    return { key: `day ${dayOf(at)}`, shows: name, make: () => row("day", element("span", {}, name)) };
}
function dividerRow(count) {
    const words = countOf(count, "new message");
    return {
        key: "new",
        shows: words,
        make: () => row("new", element("span", { role: "separator", "aria-label": words }, words)),
    };
}
function messageRow(message, me, isFirst, seenBy) {
    const { id, author, text, at } = message;
    const kind = `message${author === me ? " mine" : ""}${isFirst ? " first" : ""}`;
    const seen = seenBy.length === 0 ? [] : [element("p", { class: "seen" }, `Seen by ${namesOf(seenBy)}`)];
    const make = () => {
        const made = row(kind, avatar(author), heading(author, at), element("p", { class: "text" }, text), ...seen);
        made.dataset.id = `${id}`;
        return made;
    };
    return { key: `message ${id}`, shows: JSON.stringify([kind, text, seenBy]), make };
}
function unsentRow(room, unsent, isFirst) {
    const { key, text, at, problem } = unsent;
    const kind = `message mine unsent${isFirst ? " first" : ""}${problem === undefined ? "" : " refused"}`;
    const state = () => {
        if (problem === undefined)
            return [element("p", { class: "fate" }, "Sending…")];
        return [
            element("p", { class: "fate" }, `Not sent: ${problem}`),
            button("Send again", () => room.sayAgain(unsent)),
            button("Discard", () => room.forget(unsent)),
        ];
    };
    const make = () => row(kind, avatar(room.me), heading(room.me, at), element("p", { class: "text" }, text), ...state());
    return { key: `unsent ${key}`, shows: kind + (problem ?? ""), make };
}
function heading(author, at) {
    const time = element("time", { datetime: at, title: fullTimeOf(at) }, timeOf(at));
    return element("p", { class: "by" }, element("span", { class: "author" }, author), " ", time);
}
/** The letter of somebody, for those who see it. */
export function avatar(name) {
    return element("span", { class: "avatar", "aria-hidden": "true", "data-hue": `${hueOf(name)}` }, initialOf(name));
}
function button(name, act) {
    const made = element("button", { type: "button" }, name);
    made.addEventListener("click", act);
    return made;
}
function row(kind, ...inside) {
    return element("li", { class: kind }, ...inside);
}
/** An element; what is said in it is text, and never markup. */
export function element(name, attributes, ...inside) {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes))
        made.setAttribute(attribute, value);
    made.append(...inside);
    return made;
}
