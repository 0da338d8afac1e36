// The page: who one is, and the room that one is in.

import type { ChannelState } from "./client/live.js";
import { Room } from "./room.js";
import { Timeline, avatar, element } from "./timeline.js";
import { namesOf } from "./words.js";

/** How far from its end the list may be scrolled so that one is still said to be there. */
const AT_END_PX = 80;
/** How soon after a message is seen it is said to be read: the next one may be read with it. */
const READ_AFTER_MS = 300;

const STATES: Readonly<Record<ChannelState, string>> = {
  connecting: "Connecting…",
  open: "Connected",
  waiting: "Connection lost. Trying again…",
  closed: "Not connected",
};

const byId = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;

const entrance = byId<HTMLFormElement>("entrance");
const nameInput = byId<HTMLInputElement>("name");
const roomInput = byId<HTMLInputElement>("room-name");
const log = byId("log");
const earlier = byId<HTMLButtonElement>("earlier");
const latest = byId<HTMLButtonElement>("latest");
const composer = byId<HTMLFormElement>("composer");
const draft = byId<HTMLTextAreaElement>("draft");

/** What was last seen when one last came back: what came after it is new. */
let lastSeen: number | undefined;
let isAtEnd = true;
let isDue = false;

function enter(roomName: string, me: string): void {
  sessionStorage.setItem("name", me);
  localStorage.setItem("name", me);
  const here = `?room=${encodeURIComponent(roomName)}`;
  if (location.search !== here) history.pushState(null, "", here);
  entrance.hidden = true;
  byId("chat").hidden = false;
  byId("title").textContent = roomName;
  attend(roomName, me);
  draft.focus();
}

function attend(roomName: string, me: string): void {
  const timeline = new Timeline(byId("messages"));
  const heard = byId("heard");
  let hasMark = false;

  const room = new Room(roomName, me, changed, ({ author, text }) => (heard.textContent = `${author}: ${text}`));

  /** Shows what has changed, once for all changes of a moment. */
  function changed(): void {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      show();
    });
  }

  function show(): void {
    const mark = room.markOf(me);
    // What was read before this page was loaded.
    if (!hasMark && mark !== undefined) [hasMark, lastSeen] = [true, lastSeen ?? mark];
    const fromEnd = log.scrollHeight - log.scrollTop;
    const firstBefore = byId("messages").querySelector<HTMLElement>("[data-id]")?.dataset.id;
    earlier.hidden = !room.hasEarlier;
    timeline.show(room, lastSeen);
    byId("empty").hidden = !room.isLoaded || room.messages.length + room.unsent.length > 0;
    const first = byId("messages").querySelector<HTMLElement>("[data-id]")?.dataset.id;
    if (isAtEnd) log.scrollTop = log.scrollHeight;
    else if (first !== firstBefore) log.scrollTop = log.scrollHeight - fromEnd;
    showPeople(room);
    showState(room);
    showTyping(room);
    showUnread(room);
    readSoon();
  }

  let reading: ReturnType<typeof setTimeout> | undefined;
  function readSoon(): void {
    reading ??= setTimeout(() => {
      reading = undefined;
      const last = room.messages.at(-1);
      if (last !== undefined && isLookedAt() && isAtEnd) room.read(last.id);
    }, READ_AFTER_MS);
  }

  log.addEventListener("scroll", () => {
    isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < AT_END_PX;
    latest.hidden = isAtEnd;
    readSoon();
  });
  // What was seen at the end stays there when the page becomes narrower, or a message longer.
  const follow = new ResizeObserver(() => isAtEnd && (log.scrollTop = log.scrollHeight));
  follow.observe(log);
  follow.observe(byId("messages"));
  latest.addEventListener("click", () => {
    log.scrollTop = log.scrollHeight;
    draft.focus();
  });
  earlier.addEventListener("click", async () => {
    earlier.disabled = true;
    await room.loadEarlier().catch(() => undefined);
    earlier.disabled = false;
  });
  let wasLookedAt = isLookedAt();
  function lookedAtOrNot(): void {
    // What comes while one looks elsewhere is new when one comes back.
    if (wasLookedAt && !isLookedAt()) lastSeen = isAtEnd ? room.messages.at(-1)?.id : room.markOf(me);
    wasLookedAt = isLookedAt();
    changed();
  }
  window.addEventListener("focus", lookedAtOrNot);
  window.addEventListener("blur", lookedAtOrNot);
  document.addEventListener("visibilitychange", lookedAtOrNot);

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = draft.value.trim();
    if (text === "") return;
    draft.value = "";
    lastSeen = undefined;
    isAtEnd = true;
    room.say(text);
  });
  draft.addEventListener("input", () => {
    if (draft.value.trim() !== "") room.sayTyping();
  });
  draft.addEventListener("keydown", (event) => {
    // While a word is composed, Enter chooses it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  changed();
}

function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

function showPeople({ people, me }: Room): void {
  const list = byId("people");
  const items = people.map((name) =>
    element("li", {}, avatar(name), element("span", { class: "name" }, name === me ? `${name} (you)` : name)),
  );
  if (list.textContent !== items.map((item) => item.textContent).join("")) list.replaceChildren(...items);
  byId("people-count").textContent = `${people.length}`;
}

function showState({ state, refusal }: Room): void {
  const connection = byId("connection");
  document.body.dataset.state = state;
  const words = refusal === undefined || refusal === "" ? STATES[state] : `${STATES[state]}: ${refusal}`;
  if (connection.textContent !== words) connection.textContent = words;
}

function showTyping({ typing }: Room): void {
  const words = typing.length === 0 ? "" : `${namesOf(typing)} ${typing.length === 1 ? "is" : "are"} typing…`;
  byId("typing").textContent = words;
}

function showUnread(room: Room): void {
  const mark = room.markOf(room.me) ?? 0;
  const unread = isLookedAt() ? 0 : room.messages.filter(({ id, author }) => id > mark && author !== room.me).length;
  document.title = `${unread === 0 ? "" : `(${unread}) `}${room.name} – Chat`;
}

entrance.addEventListener("submit", (event) => {
  event.preventDefault();
  enter(roomInput.value.trim(), nameInput.value.trim());
});
// What is on the page is of the room that is left.
window.addEventListener("popstate", () => location.reload());

const asked = new URLSearchParams(location.search).get("room");
const known = sessionStorage.getItem("name");
nameInput.value = known ?? localStorage.getItem("name") ?? "";
roomInput.value = asked ?? roomInput.value;
if (asked !== null && known !== null && roomInput.checkValidity()) enter(asked, known);
else {
  entrance.hidden = false;
  (nameInput.value === "" ? nameInput : roomInput).focus();
}
