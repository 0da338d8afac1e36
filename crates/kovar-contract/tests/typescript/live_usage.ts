// What the generated channels of `chat.json` promise: to the compiler, and to a program that runs.

import assert from "node:assert/strict";
import { after, afterEach, beforeEach, mock, test } from "node:test";

import { type Client, createClient } from "./client.js";
import { Clock } from "./clock.js";
import { type Asked, type Connection, FakeServer, type Frame } from "./fake_server.js";
import {
  type Answered,
  type Channel,
  ChannelError,
  type Closed,
  type Live,
  type LiveConfig,
  type RoomRefusal,
  type WebSocketClass,
  type WebSocketLike,
  createLive,
} from "./live.js";
import type { FromClient, Message, ToClient, ValidationProblem } from "./types.js";

// ---- The types. A promise that breaks is an error of `tsc`. ----

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function promise<_Kept extends true>(): void {}

type Room = Channel<FromClient, ToClient, RoomRefusal>;
promise<Same<ReturnType<Live["room"]>, Room>>();
promise<Same<Parameters<Room["send"]>[0], FromClient>>();
promise<Same<Awaited<ReturnType<Room["request"]>>, Answered<ToClient | undefined> | RoomRefusal>>();
promise<Same<keyof Live, "room" | "clock">>();
promise<Same<keyof Client, "rooms">>();
promise<Same<keyof Message, "id">>();
export const ofNode: LiveConfig = { baseUrl: "", webSocket: class {} as unknown as WebSocketClass };

/** Every message has a case; a new one in the contract fails to compile here. */
export function describe(message: ToClient): string {
  switch (message.type) {
    case "said":
      return `${message.author}: ${message.text}`;
    case "typing":
      return `${message.author} is typing`;
    default:
      return message satisfies never;
  }
}

export function describeRefusal(refusal: RoomRefusal): string {
  switch (refusal.status) {
    case 422:
      promise<Same<typeof refusal.problem, ValidationProblem>>();
      return refusal.problem.errors.map((issue) => issue.pointer).join();
    case 403:
      return refusal.problem.type satisfies "/problems/cross-site";
    case "default":
    case "undeclared":
      return refusal.problem.title;
    default:
      return refusal satisfies never;
  }
}

export async function mistakes(live: Live): Promise<void> {
  // @ts-expect-error: the room and the name are required.
  const room = live.room();
  // @ts-expect-error: where the client was is its own to say.
  live.room({ path: { room: "lamps" }, query: { name: "Ada", at: "" } });
  // @ts-expect-error: nobody sends that.
  await room.send({ type: "shout" });
  // @ts-expect-error: there is no such event.
  room.on("open", () => undefined);
  // @ts-expect-error: only the server says that.
  room.answer(() => ({ type: "said", author: "", text: "" }));
  const answer = await room.request({ type: "typing" });
  // @ts-expect-error: data is there only when there is no problem.
  answer.data;
}

// ---- The program. ----

const server = await FakeServer.start();
after(() => server.close());
const live = createLive({ baseUrl: server.baseUrl });
const ada = { path: { room: "lamps" }, query: { name: "Ada" } };
const open: Room[] = [];

function join(options?: { signal?: AbortSignal }, of: Live = live): Room {
  const room = of.room(ada, options);
  open.push(room);
  return room;
}

/** A room with its connection, and everything that happens in it. */
async function joined(): Promise<{ room: Room; connection: Connection; events: [string, unknown][] }> {
  const room = join();
  const events: [string, unknown][] = [];
  for (const name of ["message", "subscribed", "ended", "missed", "joined", "left", "problem", "state"] as const) {
    room.on(name, (...[event]) => events.push([name, event]));
  }
  const connection = await server.next();
  await eventually(() => room.state === "open");
  events.length = 0;
  return { room, connection, events };
}

/** Jitter is the longest there is. */
let clock = Clock.stopped();
beforeEach(() => {
  mock.restoreAll();
  clock = Clock.stopped();
  mock.method(Math, "random", () => 1);
});

afterEach(() => {
  for (const room of open.splice(0)) room.close();
  mock.restoreAll();
  server.refusal = undefined;
  server.blocked.clear();
});

async function eventually(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns += 1) {
    if (turns > 100_000) throw new Error(`never: ${holds}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Long enough for whatever comes through the network. */
async function calm(): Promise<void> {
  for (let turns = 0; turns < 200; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

const said = (text: string) => ({ type: "said", author: "Bob", text });
const published = (offset: number, topic = "rooms/lamps"): Frame => ({ topic, offset, data: said(`${offset}`) });
const subscribed = (offset: number, more: Frame = {}): Frame => ({ topic: "rooms/lamps", epoch: "c0", offset, ...more });
const texts = (events: [string, unknown][]) =>
  events.filter(([name]) => name === "message").map(([, message]) => (message as { text: string }).text);
const of = (events: [string, unknown][], name: string) => events.filter(([own]) => own === name).map(([, event]) => event);

test("a channel asks for Kovar's protocol, and is open once it has a name", async () => {
  const room = join();
  const states: string[] = [];
  room.on("state", (state) => states.push(state));
  assert.deepEqual([room.state, room.session], ["connecting", undefined]);
  const connection = await server.next();
  assert.equal(connection.request.url, "/live/rooms/lamps?name=Ada");
  assert.equal(connection.request.headers["sec-websocket-protocol"], "kovar.json");
  await eventually(() => room.state === "open");
  assert.equal(room.session, "0f");
  room.close();
  assert.deepEqual(await room.closed, { code: 1000, reason: "", refusal: undefined });
  assert.deepEqual(states, ["open", "closed"]);
  await eventually(() => connection.isClosed);
});

test("messages come with their place", async () => {
  const { room, connection } = await joined();
  const messages: unknown[] = [];
  room.on("message", (message, { topic, offset }) => messages.push([describe(message), topic, offset]));
  connection.say(subscribed(0));
  connection.say(published(1));
  connection.say({ data: { type: "typing", author: "Bob" } });
  await eventually(() => messages.length === 2);
  assert.deepEqual(messages, [["Bob: 1", "rooms/lamps", 1], ["Bob is typing", undefined, undefined]]);
});

test("what is sent before there is a connection waits for it, in order", async () => {
  const room = join();
  const sent = ["one", "two"].map((text) => room.send({ type: "say", text }));
  const request = room.request({ type: "typing" });
  const connection = await server.next();
  await Promise.all(sent);
  assert.deepEqual(await connection.next(), { data: { type: "say", text: "one" } });
  assert.deepEqual(await connection.next(), { data: { type: "say", text: "two" } });
  assert.deepEqual(await connection.next(), { data: { type: "typing" }, id: 1 });
  connection.say({ re: 1 });
  assert.deepEqual(await request, { ok: true, data: undefined });
});

test("a request has an answer, or a typed problem", async () => {
  const { room, connection } = await joined();
  const requests = [1, 2, 3, 4].map(() => room.request({ type: "say", text: "" }));
  connection.say({ re: 2, data: said("two") });
  const errors = [{ pointer: "/text", type: "string_too_short" }];
  connection.say({ re: 1, problem: { type: "/problems/validation", title: "Invalid", status: 422, errors } });
  connection.say({ re: 3, problem: { type: "about:blank", title: "Broken", status: 500 } });
  connection.say({ re: 99 });
  connection.say({ re: 4 });
  const [first, second, third] = await Promise.all(requests);
  assert(first !== undefined && !first.ok && first.status === 422);
  assert.equal(describeRefusal(first), "/text");
  assert(second?.ok === true && second.data !== undefined);
  assert.equal(describe(second.data), "Bob: two");
  assert(third !== undefined && !third.ok && third.status === "default");
  assert.equal(third.problem.title, "Broken");
});

test("a status that the contract does not declare is undeclared", async () => {
  const clock = live.clock();
  const connection = await server.next();
  const request = clock.request(null);
  connection.say({ re: 1, problem: { type: "about:blank", title: "Broken", status: 500 } });
  const answer = await request;
  assert(!answer.ok && answer.status === "undeclared");
  clock.close();
});

test("an answer that does not come in time is given up", async () => {
  const { room, connection } = await joined();
  const request = room.request({ type: "typing" }, { timeoutMs: 5000 });
  await connection.next();
  clock.tick(5000);
  await assert.rejects(request, { name: "ChannelError", reason: "timeout", inDoubt: true });
  connection.cut();
  await eventually(() => room.state === "waiting");
  const unsent = room.request({ type: "typing" }, { timeoutMs: 300 });
  clock.tick(300);
  await assert.rejects(unsent, { reason: "timeout", inDoubt: false });
  clock.tick(200);
  const next = await server.next();
  const endless = room.request({ type: "typing" }, { timeoutMs: Infinity });
  assert.deepEqual(await next.next(), { data: { type: "typing" }, id: 3 });
  next.say({ re: 3 });
  assert.deepEqual(await endless, { ok: true, data: undefined });
});

test("requests under way when a connection is lost are in doubt, or are sent again", async () => {
  const { room, connection } = await joined();
  const once = room.request({ type: "say", text: "once" });
  const again = room.request({ type: "say", text: "again" }, { retry: true });
  await connection.next();
  await connection.next();
  connection.cut();
  await assert.rejects(once, (error) => {
    assert(error instanceof ChannelError && error.reason === "lost" && error.inDoubt);
    assert.match(error.message, /may have got/);
    return true;
  });
  const later = room.send({ type: "say", text: "later" });
  clock.tick(500);
  const next = await server.next();
  assert.deepEqual(await next.next(), { data: { type: "say", text: "again" }, id: 2 });
  assert.deepEqual(await next.next(), { data: { type: "say", text: "later" } });
  await later;
  next.say({ re: 2 });
  assert.deepEqual(await again, { ok: true, data: undefined });
});

test("a message that comes twice is dropped, and one that does not come is told", async () => {
  const { connection, events } = await joined();
  connection.say(subscribed(41));
  for (const offset of [41, 42, 42, 7, 43, 46, 44, 47]) connection.say(published(offset));
  await eventually(() => texts(events).includes("47"));
  assert.deepEqual(texts(events), ["42", "43", "46", "47"]);
  assert.deepEqual(of(events, "missed"), [{ topic: "rooms/lamps", count: 2 }]);
  const order = events.map(([name]) => name);
  assert.deepEqual(order, ["subscribed", "message", "message", "missed", "message", "message"]);
});

test("a client that comes again says where it was, and counts on from there", async () => {
  const { connection, events } = await joined();
  connection.say(subscribed(41));
  connection.say({ topic: "typing/lamps", epoch: "d0", offset: 0 });
  connection.say(published(42));
  await eventually(() => texts(events).length === 1);
  connection.cut();
  await eventually(() => of(events, "state").includes("waiting"));
  clock.tick(500);
  const next = await server.next();
  assert.deepEqual(next.at, { "rooms/lamps": ["c0", 42], "typing/lamps": ["d0", 0] });
  assert.match(next.request.url ?? "", /^\/live\/rooms\/lamps\?name=Ada&at=[A-Za-z0-9_-]+$/);
  next.say(subscribed(44, { recovered: true }));
  for (const offset of [43, 44, 45]) next.say(published(offset));
  await eventually(() => texts(events).includes("45"));
  assert.deepEqual(texts(events), ["42", "43", "44", "45"]);
  assert.deepEqual(of(events, "missed"), []);
  const recovered = of(events, "subscribed").map((event) => (event as { recovered?: boolean }).recovered);
  assert.deepEqual(recovered, [undefined, undefined, true]);
});

test("what cannot be recovered is told with its topic", async () => {
  const { room, connection, events } = await joined();
  connection.say(subscribed(41));
  await eventually(() => events.length === 1);
  const comeAgain = async (from: Connection, frame: Frame): Promise<Connection> => {
    from.cut();
    const waits = () => of(events, "state").filter((state) => state === "waiting").length;
    const before = waits();
    await eventually(() => waits() > before);
    while (room.state === "waiting") clock.tick(100);
    const next = await server.next();
    const count = of(events, "subscribed").length;
    next.say(frame);
    await eventually(() => of(events, "subscribed").length > count);
    return next;
  };
  const second = await comeAgain(connection, subscribed(50, { recovered: false }));
  const third = await comeAgain(second, subscribed(3, { recovered: false, epoch: "c1" }));
  assert.deepEqual(third.at, { "rooms/lamps": ["c0", 50] });
  third.say(published(4));
  await eventually(() => texts(events).length === 1);
  // The server may not have been told: then it cannot say.
  const fourth = await comeAgain(third, subscribed(4, { epoch: "c1" }));
  await comeAgain(fourth, subscribed(6, { epoch: "c1" }));
  assert.deepEqual(of(events, "missed"), [
    { topic: "rooms/lamps", count: 9 },
    { topic: "rooms/lamps", count: undefined },
    { topic: "rooms/lamps", count: 2 },
  ]);
  const recovered = of(events, "subscribed").map((event) => (event as { recovered?: boolean }).recovered);
  assert.deepEqual(recovered, [undefined, false, false, true, false]);
});

test("a loss is told to whoever is there, and changes nobody who is present", async () => {
  const { connection, events } = await joined();
  const ada = { id: "ada", since: "2026-11-28T07:00:00Z" };
  connection.say(subscribed(41, { present: [ada] }));
  connection.say(subscribed(7, { epoch: "c1", recovered: false }));
  connection.say({ topic: "rooms/lamps", left: ada });
  connection.say(published(8));
  await eventually(() => texts(events).includes("8"));
  const names = events.map(([name]) => name);
  assert.deepEqual(names, ["subscribed", "subscribed", "missed", "left", "message"]);
  assert.deepEqual(of(events, "subscribed")[1], { topic: "rooms/lamps", recovered: false, present: [ada] });
});

test("a topic of which the server does not know yet has no place, until it has", async () => {
  const { room, connection, events } = await joined();
  connection.say(subscribed(41));
  const away: Frame = { topic: "rooms/lamps", offset: 0, recovered: false };
  connection.say(away);
  connection.say({ topic: "rooms/lamps", data: said("none") });
  await eventually(() => texts(events).length === 1);
  connection.cut();
  await eventually(() => room.state === "waiting");
  clock.tick(500);
  const next = await server.next();
  assert.deepEqual(next.at, {});
  next.say(away);
  next.say(subscribed(50, { recovered: false }));
  next.say(published(51));
  await eventually(() => texts(events).length === 2);
  const lost = { topic: "rooms/lamps", count: undefined };
  assert.deepEqual(of(events, "missed"), [lost, lost, lost]);
});

test("a message of a topic may have no place", async () => {
  const { connection, events } = await joined();
  connection.say(subscribed(41));
  connection.say({ topic: "rooms/lamps", data: said("none") });
  for (const offset of [42, 44]) connection.say(published(offset));
  await eventually(() => texts(events).length === 3);
  assert.deepEqual(texts(events), ["none", "42", "44"]);
  assert.deepEqual(of(events, "missed"), [{ topic: "rooms/lamps", count: 1 }]);
});

test("where a client was has room in a URL, those topics first that were heard of last", async () => {
  const { room, connection, events } = await joined();
  const name = (index: number) => `rooms/${"é".repeat(40)}${index}`;
  for (let index = 0; index < 300; index += 1) connection.say({ topic: name(index), epoch: "c0ffee123456", offset: 7 });
  connection.say(published(8, name(0)));
  await eventually(() => texts(events).length === 1);
  connection.cut();
  await eventually(() => room.state === "waiting");
  clock.tick(500);
  const next = await server.next();
  const { length } = next.request.url ?? "";
  assert(length > 5500 && length <= 6 * 1024, `${length}`);
  const names = Object.keys(next.at);
  assert.deepEqual(names.slice(0, 3), [name(0), name(299), name(298)]);
  assert.deepEqual(next.at[name(0)], ["c0ffee123456", 8]);
});

test("a topic that has ended is forgotten", async () => {
  const { room, connection, events } = await joined();
  connection.say(subscribed(41));
  connection.say({ topic: "rooms/lamps", ended: true });
  connection.say(published(42));
  await eventually(() => of(events, "ended").length === 1);
  assert.deepEqual(of(events, "ended"), [{ topic: "rooms/lamps" }]);
  connection.cut();
  await eventually(() => room.state === "waiting");
  clock.tick(500);
  assert.deepEqual((await server.next()).at, {});
  assert.deepEqual(texts(events), []);
});

test("who comes and goes is told once", async () => {
  const { connection, events } = await joined();
  const member = (id: string) => ({ id, since: "2026-11-28T07:00:00Z", data: { name: id } });
  connection.say(subscribed(0, { present: [member("ada")] }));
  for (const id of ["ada", "bob", "bob"]) connection.say({ topic: "rooms/lamps", joined: member(id) });
  for (const id of ["eve", "ada", "ada"]) connection.say({ topic: "rooms/lamps", left: member(id) });
  connection.say(published(1));
  await eventually(() => texts(events).length === 1);
  const names = (event: unknown) => (event as { present: { id: string }[] }).present.map(({ id }) => id);
  assert.deepEqual(of(events, "subscribed").map(names), [["ada"]]);
  assert.deepEqual(of(events, "joined").map(names), [["ada", "bob"]]);
  assert.deepEqual(of(events, "left").map(names), [["bob"]]);
});

test("questions are answered, by a function or with nothing but that they have come", async () => {
  const { room, connection, events } = await joined();
  connection.say({ data: said("ready?"), id: 3 });
  assert.deepEqual(await connection.next(), { re: 3 });
  assert.deepEqual(texts(events), ["ready?"]);
  room.answer(async (question) => (describe(question) === "Bob: who?" ? { type: "say", text: "Ada" } : undefined));
  connection.say({ data: said("who?"), id: 4 });
  connection.say({ data: said("why?"), id: 5 });
  assert.deepEqual(await connection.next(), { re: 4, data: { type: "say", text: "Ada" } });
  assert.deepEqual(await connection.next(), { re: 5 });
  assert.deepEqual(texts(events), ["ready?"]);
});

test("a question of an earlier connection is not answered on a later one", async () => {
  const { room, connection } = await joined();
  let answer: (message: FromClient) => void = () => undefined;
  let isAsked = false;
  room.answer(() => {
    isAsked = true;
    return new Promise((resolve) => (answer = resolve));
  });
  connection.say({ data: said("who?"), id: 4 });
  await eventually(() => isAsked);
  connection.cut();
  await eventually(() => room.state === "waiting");
  clock.tick(500);
  const next = await server.next();
  await eventually(() => room.state === "open");
  answer({ type: "say", text: "Ada" });
  await calm();
  await room.send({ type: "typing" });
  assert.deepEqual(await next.next(), { data: { type: "typing" } });
});

test("a problem with no request is told", async () => {
  const { connection, events } = await joined();
  connection.say({ problem: { type: "about:blank", title: "No frame", status: 400 } });
  await eventually(() => events.length === 1);
  const problem = { type: "about:blank", title: "No frame", status: 400 };
  assert.deepEqual(of(events, "problem"), [{ ok: false, status: "default", problem }]);
});

test("a heartbeat is answered, and a server that says nothing is given up", async () => {
  const { room, connection } = await joined();
  clock.tick(25_000);
  connection.say({ ping: true });
  assert.deepEqual(await connection.next(), { pong: true });
  clock.tick(36_000);
  assert.equal(room.state, "open");
  clock.tick(1_000);
  assert.equal(room.state, "waiting");
  connection.say({ session: "too late" });
  await calm();
  assert.equal(room.state, "waiting");
  clock.tick(500);
  await server.next();
  await eventually(() => room.state === "open");
  assert.equal(room.session, "0f");
});

test("the waits double, and begin anew after a good connection", async () => {
  const { room, connection } = await joined();
  connection.cut();
  await eventually(() => room.state === "waiting");
  for (const ms of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    clock.tick(ms - 1);
    assert.equal(room.state, "waiting");
    clock.tick(1);
    assert.equal(room.state, "connecting");
    (await server.next()).cut();
    await eventually(() => room.state === "waiting");
  }
  clock.tick(30_000);
  const good = await server.next();
  await eventually(() => room.state === "open");
  clock.tick(10_000);
  good.cut();
  await eventually(() => room.state === "waiting");
  clock.tick(500);
  assert.equal(room.state, "connecting");
});

test("jitter is full", async () => {
  mock.method(Math, "random", () => 0);
  const { room, connection } = await joined();
  connection.cut();
  await eventually(() => room.state === "waiting");
  clock.tick(0);
  assert.equal(room.state, "connecting");
});

test("an opening that takes too long is given up", async () => {
  const silent = await FakeServer.start();
  const room = join({}, createLive({ baseUrl: silent.baseUrl }));
  await calm();
  clock.tick(10_000);
  assert.equal(room.state, "waiting");
  silent.close();
});

test("a server that ends says when to come again", async () => {
  const { room, connection } = await joined();
  connection.say({ bye: { code: 1001, reconnect_after_ms: 870 } });
  const request = room.request({ type: "typing" });
  await calm();
  const later = room.request({ type: "say", text: "later" });
  assert.deepEqual(await connection.next(), { data: { type: "typing" }, id: 1 });
  connection.say({ re: 1 });
  assert.deepEqual(await request, { ok: true, data: undefined });
  connection.close(1001);
  await eventually(() => room.state === "waiting");
  clock.tick(869);
  assert.equal(room.state, "waiting");
  clock.tick(1);
  const next = await server.next();
  assert.deepEqual(await next.next(), { data: { type: "say", text: "later" }, id: 2 });
  next.say({ re: 2 });
  assert.deepEqual(await later, { ok: true, data: undefined });
  next.say({ bye: { code: 4003 } });
  next.close(4003);
  assert.equal((await room.closed).code, 4003);
});

for (const code of [1000, 1002, 1003, 1007, 1008, 1009, 4003, 4400, 4404, 4422]) {
  test(`after ${code} a client does not come again`, async () => {
    const { room, connection } = await joined();
    connection.close(code);
    assert.deepEqual(await room.closed, { code, reason: "", refusal: undefined });
    await assert.rejects(room.send({ type: "typing" }), { reason: "closed", inDoubt: false });
  });
}

for (const code of [1001, 1011, 1012, 1013, 4001, 4002, 4408, 4429, 4500, 4503]) {
  test(`after ${code} a client comes again`, async () => {
    const { room, connection } = await joined();
    connection.close(code);
    await eventually(() => room.state === "waiting");
    clock.tick(500);
    await server.next();
    await eventually(() => room.state === "open");
  });
}

test("a channel that ends with a problem says which", async () => {
  const { room, connection } = await joined();
  const problem = { type: "/problems/validation", title: "Invalid", status: 422, errors: [] };
  connection.say({ problem });
  connection.close(4422);
  assert.deepEqual(await room.closed, { code: 4422, reason: "", refusal: { ok: false, status: 422, problem } });
});

test("an opening that is refused ends the channel with the problem", async () => {
  server.refusal = { status: 422, problem: { type: "/problems/validation", title: "Invalid", status: 422, errors: [] } };
  const room = join();
  const waiting = room.send({ type: "typing" });
  const { code, refusal }: Closed<RoomRefusal> = await room.closed;
  assert.equal(server.asked?.headers.accept, "application/problem+json");
  assert.equal(code, 4422);
  assert(refusal?.status === 422);
  assert.deepEqual(refusal.problem.errors, []);
  await assert.rejects(waiting, { reason: "closed" });
});

test("an opening that may be accepted later is tried again", async () => {
  const overloaded = { type: "about:blank", title: "Overloaded", status: 503 };
  for (const refusal of [{ status: 503, problem: overloaded }, { status: 404 }]) {
    server.refusal = refusal;
    const room = join();
    await eventually(() => room.state === "waiting");
    server.refusal = undefined;
    clock.tick(500);
    await server.next();
    await eventually(() => room.state === "open");
  }
});

test("what waits is bounded", async () => {
  const room = join();
  const fails = (sent: Promise<void>) => sent.then(() => false, (error) => error instanceof ChannelError && error.reason === "full");
  const sent = Array.from({ length: 257 }, () => room.send({ type: "typing" }));
  const last = sent.pop();
  assert(last !== undefined && (await fails(last)));
  await server.next();
  await Promise.all(sent);
  const other = join();
  const large = { type: "say", text: "x".repeat(1024 * 1024) } as const;
  const first = other.send(large);
  assert(await fails(other.send({ type: "typing" })));
  await server.next();
  await first;
});

test("closing rejects what waits and what is under way", async () => {
  const { room, connection } = await joined();
  const sent = room.request({ type: "typing" }, { retry: true });
  await connection.next();
  connection.cut();
  await eventually(() => room.state === "waiting");
  const unsent = room.request({ type: "typing" });
  room.close();
  room.close();
  await assert.rejects(sent, { reason: "closed", inDoubt: true });
  await assert.rejects(unsent, { reason: "closed", inDoubt: false });
  clock.tick(60_000);
  await calm();
  assert(!server.hasMore);
});

test("signals close a channel, and take messages back", async () => {
  const controller = new AbortController();
  const room = join({ signal: controller.signal });
  await assert.rejects(room.send({ type: "typing" }, { signal: AbortSignal.abort() }), { name: "AbortError" });
  const taken = new AbortController();
  const request = room.request({ type: "typing" }, { signal: taken.signal });
  taken.abort(new Error("enough"));
  await assert.rejects(request, { message: "enough" });
  const connection = await server.next();
  await room.send({ type: "say", text: "first" });
  assert.deepEqual(await connection.next(), { data: { type: "say", text: "first" } });
  controller.abort();
  assert.equal((await room.closed).code, 1000);
  assert.equal(join({ signal: AbortSignal.abort() }).state, "closed");
});

test("a loop gets the messages, and ends with the channel", async () => {
  const { room, connection } = await joined();
  connection.say({ data: said("before") });
  await calm();
  const heard: string[] = [];
  const loop = (async () => {
    for await (const message of room) heard.push(describe(message));
  })();
  for (const text of ["one", "two"]) connection.say({ data: said(text) });
  connection.close(1000);
  await loop;
  assert.deepEqual(heard, ["Bob: one", "Bob: two"]);
});

test("a loop may be left, and fails with its channel", async () => {
  const { room, connection } = await joined();
  const first = (async () => {
    for await (const message of room) return describe(message);
    return "";
  })();
  connection.say({ data: said("one") });
  assert.equal(await first, "Bob: one");
  assert.equal(room.state, "open");
  const failing = (async () => {
    for await (const _ of room);
  })();
  connection.close(1008);
  await assert.rejects(failing, { name: "ChannelError", reason: "closed", message: /1008/ });
});

test("a loop that does not keep up fails, after what it had room for", async () => {
  const { room, connection, events } = await joined();
  let goOn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  let heard = 0;
  const loop = (async () => {
    for await (const _ of room) {
      heard += 1;
      await held;
    }
  })();
  for (let count = 0; count < 10_002; count += 1) connection.say({ data: said("") });
  await eventually(() => events.length === 10_002);
  goOn();
  await assert.rejects(loop, { name: "ChannelError", reason: "full" });
  assert.equal(heard, 10_001);
});

test("a browser that is online again waits no longer", async () => {
  const window = new EventTarget();
  const names = ["addEventListener", "removeEventListener"] as const;
  for (const name of names) Object.assign(globalThis, { [name]: window[name].bind(window) });
  const { room, connection } = await joined();
  connection.cut();
  await eventually(() => room.state === "waiting");
  window.dispatchEvent(new Event("online"));
  assert.equal(room.state, "connecting");
  await server.next();
  await eventually(() => room.state === "open");
  window.dispatchEvent(new Event("online"));
  assert.equal(room.state, "open");
  for (const name of names) Reflect.deleteProperty(globalThis, name);
});

test("listeners can be taken away, and those that throw disturb nobody", async () => {
  const { room, connection, events } = await joined();
  const thrown: unknown[] = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => thrown.push(error.message));
  const stop = room.on("message", () => {
    throw new Error("a listener's own");
  });
  room.answer(() => Promise.reject(new Error("an answerer's own")));
  connection.say({ data: said("one") });
  connection.say({ data: said("who?"), id: 4 });
  await eventually(() => thrown.length === 2);
  stop();
  connection.say({ data: said("two") });
  connection.sayText("no JSON");
  connection.sayText("17");
  connection.say({ something: "new" });
  connection.say({ data: said("three") });
  await eventually(() => texts(events).includes("three"));
  process.removeAllListeners("uncaughtException");
  for (const listener of listeners) process.on("uncaughtException", listener);
  assert.deepEqual(thrown, ["a listener's own", "an answerer's own"]);
});

/** A room whose WebSocket was blocked twice, and the request that it makes instead. */
async function elsewhere(): Promise<{ room: Room; asked: Asked; events: [string, unknown][] }> {
  server.blocked.add("webSocket");
  const room = join();
  const events: [string, unknown][] = [];
  for (const name of ["message", "missed", "problem", "state"] as const) room.on(name, (...[event]) => events.push([name, event]));
  for (let round = 1; round <= 2; round += 1) {
    await eventually(() => room.state === "waiting");
    assert.equal(room.way, round === 2 ? "events" : "webSocket");
    clock.tick(1_000);
  }
  const asked = await server.nextRequest();
  events.length = 0;
  return { room, asked, events };
}

const hello = { session: "0f", post: "/_live/5e" };

test("where WebSocket is blocked, a channel is a stream of events, and what it says is posted in order", async () => {
  const { room, asked, events } = await elsewhere();
  assert.equal(asked.target, "GET /live/rooms/lamps?name=Ada");
  const sent = room.send({ type: "say", text: "one" });
  asked.say(hello, subscribed(41), published(42));
  await eventually(() => room.state === "open");
  await sent;
  const request = room.request({ type: "say", text: "two" });
  const first = await server.nextRequest();
  assert.deepEqual([first.target, first.body], ["POST /_live/5e", '[{"data":{"type":"say","text":"one"}}]']);
  void room.send({ type: "typing" });
  await calm();
  first.answer(204);
  const second = await server.nextRequest();
  const both = '[{"data":{"type":"say","text":"two"},"id":1},{"data":{"type":"typing"}}]';
  assert.equal(second.body, both);
  // It has not been taken, and is said again.
  second.answer(503);
  await calm();
  clock.tick(1_000);
  const third = await server.nextRequest();
  assert.equal(third.body, both);
  third.answer(204);
  asked.say({ re: 1, data: said("yes") }, { ping: true }, published(43));
  assert.equal((await request).ok, true);
  await eventually(() => texts(events).length === 2);
  assert.deepEqual([room.session, texts(events)], ["0f", ["42", "43"]]);
  room.close();
  await eventually(() => asked.isGone);
});

test("a stream of events that is lost comes again, and one that says goodbye only if that says so", async () => {
  const { room, asked } = await elsewhere();
  asked.say(hello, subscribed(41));
  await eventually(() => room.state === "open");
  asked.cut();
  await eventually(() => room.state === "waiting");
  clock.tick(2_000);
  const again = await server.nextRequest();
  assert.match(again.target, /^GET \/live\/rooms\/lamps\?name=Ada&at=/);
  again.say(hello, { bye: { code: 4001, reconnect_after_ms: 0 } });
  again.end();
  await eventually(() => room.state === "waiting");
  clock.tick(4_000);
  const last = await server.nextRequest();
  const problem = { type: "/problems/validation", title: "Invalid", status: 422, errors: [] };
  last.say(hello, { problem }, { bye: { code: 4422 } });
  last.end();
  const { code, refusal } = await room.closed;
  assert.deepEqual([code, refusal], [4422, { ok: false, status: 422, problem }]);
});

test("what was posted and not taken is a connection that is lost", async () => {
  const { room, asked } = await elsewhere();
  asked.say(hello);
  await eventually(() => room.state === "open");
  const request = room.request({ type: "typing" });
  (await server.nextRequest()).answer(404);
  await assert.rejects(request, { reason: "lost", inDoubt: true });
  assert.equal(room.state, "waiting");
});

test("where events are held up, a channel is fetched piece by piece, and a lost piece comes again", async () => {
  server.blocked.add("events");
  server.blocked.add("webSocket");
  const room = join();
  for (const ms of [500, 1_000, 2_000]) {
    await eventually(() => room.state === "waiting");
    clock.tick(ms);
  }
  const opening = await server.nextRequest();
  assert.deepEqual([room.way, opening.target, opening.request.headers.accept], ["pieces", "GET /live/rooms/lamps?name=Ada", "application/json"]);
  const heard: string[] = [];
  room.on("message", (message) => heard.push(describe(message)));
  opening.answer(200, { number: 0, frames: [hello] });
  const first = await server.nextRequest();
  assert.equal(first.target, "GET /_live/5e?has=0");
  first.answer(200, { number: 1, frames: [subscribed(41), published(42)] });
  const lost = await server.nextRequest();
  assert.equal(lost.target, "GET /_live/5e?has=1");
  lost.cut();
  await calm();
  clock.tick(1_000);
  const again = await server.nextRequest();
  assert.equal(again.target, "GET /_live/5e?has=1");
  // The last piece comes once more.
  again.answer(200, { number: 1, frames: [subscribed(41), { data: said("twice") }] });
  (await server.nextRequest()).answer(200, { number: 2, frames: [published(43)] });
  const next = await server.nextRequest();
  assert.equal(next.target, "GET /_live/5e?has=2");
  await eventually(() => heard.length === 2);
  assert.deepEqual(heard, ["Bob: 42", "Bob: 43"]);
  next.answer(404);
  await eventually(() => room.state === "waiting");
});

test("after a while, WebSocket is tried again, and once is enough to see that it is still blocked", async () => {
  const { room, asked } = await elsewhere();
  const staysFor5Minutes = async (stream: Asked): Promise<void> => {
    stream.say(hello);
    await eventually(() => room.state === "open");
    for (let halves = 0; halves < 10; halves += 1) {
      clock.tick(30_000);
      stream.say({ data: said("still here") });
      await calm();
    }
    stream.cut();
    await eventually(() => room.state === "waiting");
    server.asked = undefined;
    clock.tick(500);
  };
  await staysFor5Minutes(asked);
  await eventually(() => room.state === "waiting");
  assert(server.asked !== undefined, "nobody has tried");
  assert.equal(room.way, "events");
  clock.tick(1_000);
  const again = await server.nextRequest();
  server.blocked.clear();
  await staysFor5Minutes(again);
  await server.next();
  await eventually(() => room.state === "open");
  assert.equal(room.way, "webSocket");
});

test("a network that is down is no reason to leave WebSocket", async () => {
  const gone = await FakeServer.start();
  const room = join({}, createLive({ baseUrl: gone.baseUrl }));
  (await gone.next()).cut();
  gone.close();
  await eventually(() => room.state === "waiting");
  for (const ms of [500, 1_000, 2_000]) {
    clock.tick(ms);
    await eventually(() => room.state === "waiting");
  }
  assert.equal(room.way, "webSocket");
});

test("credentials are asked for before each connection", async () => {
  const tokens = ["one", undefined, "two"];
  const provided = createLive({ baseUrl: server.baseUrl, auth: { bearer: () => tokens.shift(), key: "k&" } });
  const room = join({}, provided);
  const first = await server.next();
  assert.deepEqual([first.request.headers.authorization, first.request.url], ["Bearer one", "/live/rooms/lamps?name=Ada"]);
  first.cut();
  await eventually(() => room.state === "waiting");
  clock.tick(500);
  const second = await server.next();
  assert.deepEqual([second.request.headers.authorization, second.request.url], [undefined, "/live/rooms/lamps?name=Ada&key=k%26"]);
});

test("credentials that cannot be had are asked for again", async () => {
  let asked = 0;
  const bearer = () => ((asked += 1) === 1 ? Promise.reject(new Error("the network")) : Promise.resolve("token"));
  const room = join({}, createLive({ baseUrl: server.baseUrl, auth: { bearer } }));
  await eventually(() => room.state === "waiting");
  clock.tick(500);
  assert.equal((await server.next()).request.headers.authorization, "Bearer token");
});

test("another class opens connections, and is given the header fields", async () => {
  const made: unknown[] = [];
  class Own implements WebSocketLike {
    readonly bufferedAmount = 0;
    constructor(url: string, protocols: string[], options: { headers: Record<string, string> }) {
      made.push([url, protocols, options]);
    }
    send(): void {}
    close(): void {}
    addEventListener(): void {}
  }
  const room = join({}, createLive({ baseUrl: "https://chat.example/api/", auth: { bearer: "t" }, webSocket: Own }));
  await eventually(() => made.length === 1);
  const url = "wss://chat.example/api/live/rooms/lamps?name=Ada";
  assert.deepEqual(made, [[url, ["kovar.json"], { headers: { authorization: "Bearer t" } }]]);
  assert.equal(room.state, "connecting");
});

test("what cannot be opened at all is thrown", () => {
  assert.throws(() => live.room({ ...ada, path: { room: ".." } }), TypeError);
  assert.throws(() => createLive({ baseUrl: "" }).room(ada), TypeError);
  const { WebSocket } = globalThis as { WebSocket?: unknown };
  Object.assign(globalThis, { WebSocket: undefined });
  assert.throws(() => live.room(ada), { name: "TypeError", message: /webSocket/ });
  Object.assign(globalThis, { WebSocket });
});

test("operations are called as ever", () => {
  assert.deepEqual(Object.keys(createClient({ baseUrl: "" })), ["rooms"]);
});
