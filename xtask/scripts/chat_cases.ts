// What the chat's TypeScript client does with the real server, in Node and in a browser alike.

import { type Channel, ChannelError, type RoomRefusal, createLive } from "./client/live.js";
import type { FromClient, ToClient } from "./client/types.js";
import type { Order } from "./chat_server.js";
import { talk, waitFor } from "./room.js";

export interface Stage {
  readonly baseUrl: string;
  readonly obey: (order: Order) => Promise<void>;
}

type Room = Channel<FromClient, ToClient, RoomRefusal>;

/** Somebody in a room, and what they have heard. */
interface Guest {
  readonly room: Room;
  readonly heard: string[];
  readonly missed: (number | undefined)[];
  /** Other topics of which something was missed. */
  readonly forgotten: string[];
  readonly recovered: (boolean | undefined)[];
  present: string[];
}

const open: Room[] = [];

/** Runs every case; the lines that say how it went. */
export async function runCases(stage: Stage, say: (line: string) => void): Promise<void> {
  for (const [name, action] of Object.entries(cases)) {
    await check(name, () => action(stage), say);
    for (const room of open.splice(0)) room.close();
    await stage.obey("start");
  }
}

async function check(name: string, action: () => Promise<unknown>, say: (line: string) => void): Promise<void> {
  try {
    await action();
    say(`ok ${name}`);
  } catch (error) {
    say(`not ok ${name}: ${error instanceof Error ? `${error.stack}`.replaceAll("\n", " ") : JSON.stringify(error)}`);
  }
}

function expect(condition: boolean, what: unknown): asserts condition {
  if (!condition) throw new Error(JSON.stringify(what));
}

async function eventually(holds: () => boolean, what: () => unknown = () => `${holds}`): Promise<void> {
  for (const end = Date.now() + 45_000; !holds(); await pause(10)) expect(Date.now() < end, what());
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function join(stage: Stage, name: string, room: string): Guest {
  const channel = createLive({ baseUrl: stage.baseUrl }).room({ path: { room }, query: { name } });
  open.push(channel);
  const guest: Guest = { room: channel, heard: [], missed: [], forgotten: [], recovered: [], present: [] };
  const names = (members: readonly { data?: unknown }[]) => members.map(({ data }) => (data as { name: string }).name);
  channel.on("message", (message) => {
    if (message.type === "said") guest.heard.push(message.text);
  });
  channel.on("missed", ({ topic, count }) => {
    if (topic.startsWith("rooms/")) guest.missed.push(count);
    else guest.forgotten.push(topic);
  });
  channel.on("subscribed", ({ topic, recovered, present }) => {
    if (topic.startsWith("rooms/")) guest.recovered.push(recovered);
    if (present !== undefined) guest.present = names(present);
  });
  channel.on("joined", ({ present }) => (guest.present = names(present)));
  channel.on("left", ({ present }) => (guest.present = names(present)));
  return guest;
}

async function joined(stage: Stage, name: string, room: string): Promise<Guest> {
  const guest = join(stage, name, room);
  await eventually(() => guest.recovered.length === 1);
  return guest;
}

async function speak({ room }: Guest, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    const answer = await room.request({ type: "say", text });
    expect(answer.ok, answer);
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);
const same = (one: readonly unknown[], other: readonly unknown[]) => JSON.stringify(one) === JSON.stringify(other);

const cases: Record<string, (stage: Stage) => Promise<void>> = {
  "people talk, and see who is there": async (stage) => {
    const ada = await joined(stage, "Ada", "talk");
    expect(same(ada.present, ["Ada"]) && same(ada.recovered, [undefined]), ada.present);
    const bob = await joined(stage, "Bob", "talk");
    await eventually(() => same(ada.present, ["Ada", "Bob"]), () => ada.present);
    await speak(ada, "Good evening");
    await eventually(() => same(bob.heard, ["Good evening"]) && same(ada.heard, bob.heard));
    const typing = new Promise<string>((resolve) =>
      ada.room.on("message", (message, { topic }) => message.type === "typing" && resolve(`${message.author} ${topic}`)),
    );
    await bob.room.send({ type: "typing" });
    expect((await typing) === "Bob typing/talk", await typing);
    bob.room.close();
    await eventually(() => same(ada.present, ["Ada"]), () => ada.present);
  },

  "a request's problem is typed": async (stage) => {
    const { room } = await joined(stage, "Ada", "problems");
    const answer = await room.request({ type: "say", text: "" });
    expect(!answer.ok && answer.status === 422, answer);
    const [issue] = answer.problem.errors;
    expect(issue?.pointer === "/text" && issue.type === "string_too_short", answer.problem);
    const complaint = new Promise<RoomRefusal>((resolve) => room.on("problem", resolve));
    await room.send({ type: "say", text: "" });
    expect((await complaint).status === 422, await complaint);
    expect(room.state === "open", room.state);
  },

  "an opening that is refused says why": async (stage) => {
    const { room } = join(stage, "Ada", "NO");
    const { code, refusal } = await room.closed;
    expect(code === 4422 && refusal?.status === 422, { code, refusal });
    expect(refusal.problem.errors[0]?.loc[0] === "path", refusal.problem);
  },

  "who was cut off gets what was missed, in order and once": async (stage) => {
    const ada = await joined(stage, "Ada", "cuts");
    const bob = await joined(stage, "Bob", "cuts");
    for (let round = 0; round < 5; round += 1) {
      const first = round * 30;
      await speak(bob, ...numbers(first, first + 9));
      await stage.obey("block Ada");
      await stage.obey("cut Ada");
      await speak(bob, ...numbers(first + 10, first + 19));
      await stage.obey("unblock Ada");
      await speak(bob, ...numbers(first + 20, first + 29));
      await eventually(() => ada.recovered.length === round + 2, () => ada);
    }
    await eventually(() => ada.heard.includes("149"), () => ada.heard);
    expect(same(ada.heard, numbers(0, 149)) && same(ada.missed, []), ada);
    expect(same(ada.recovered.slice(1), [true, true, true, true, true]), ada.recovered);
    expect(same(bob.heard, ada.heard), bob.heard);
  },

  "what was under way when a connection was lost is in doubt, or sent again": async (stage) => {
    const ada = await joined(stage, "Ada", "doubts");
    await stage.obey("freeze Ada");
    const once = ada.room.request({ type: "say", text: "once" }).catch((error: unknown) => error);
    const again = ada.room.request({ type: "say", text: "again" }, { retry: true });
    await pause(100);
    await stage.obey("cut Ada");
    await eventually(() => ada.room.state !== "open");
    const later = ada.room.request({ type: "say", text: "later" });
    const error = await once;
    expect(error instanceof ChannelError && error.reason === "lost" && error.inDoubt, error);
    expect((await again).ok && (await later).ok, "answered");
    await eventually(() => same(ada.heard, ["again", "later"]), () => ada.heard);
  },

  "a server that was killed is found again, and what it forgot is told": async (stage) => {
    const [ada, bob] = [await joined(stage, "Ada", "kills"), await joined(stage, "Bob", "kills")];
    await speak(ada, "before");
    await eventually(() => [ada, bob].every((guest) => same(guest.heard, ["before"])));
    await stage.obey("kill");
    await eventually(() => ada.room.state === "waiting" && bob.room.state === "waiting");
    const waiting = ada.room.request({ type: "say", text: "after" });
    await pause(1000);
    await stage.obey("start");
    expect((await waiting).ok, await waiting);
    await eventually(() => [ada, bob].every((guest) => same(guest.recovered, [undefined, true])), () => [ada, bob]);
    await speak(bob, "all here");
    await eventually(() => [ada, bob].every((guest) => guest.heard.at(-1) === "all here"));
    for (const guest of [ada, bob]) {
      expect(same(guest.heard, ["before", "after", "all here"]) && same(guest.missed, []), guest);
      // Of these, the server keeps nothing.
      expect(same(guest.forgotten, ["marks/kills", "typing/kills"]), guest.forgotten);
    }
  },

  "a server that ends says when to come again": async (stage) => {
    const ada = await joined(stage, "Ada", "ends");
    const states: string[] = [];
    ada.room.on("state", (state) => states.push(state));
    await stage.obey("terminate");
    await stage.obey("start");
    await eventually(() => ada.recovered.length === 2, () => states);
    await speak(ada, "still here");
  },

  "who is disconnected by hand does not come again": async (stage) => {
    const [ada, bob] = [await joined(stage, "Ada", "hands"), await joined(stage, "Bob", "hands")];
    await stage.obey(`disconnect ${ada.room.session}`);
    const { code, refusal } = await ada.room.closed;
    expect(code === 4003 && refusal === undefined && ada.room.state === "closed", { code, refusal });
    await eventually(() => same(bob.present, ["Bob"]), () => bob.present);
    await pause(1_000);
    expect(bob.room.state === "open" && same(bob.present, ["Bob"]), bob.present);
  },

  "where WebSocket is refused on the way, a channel goes by requests, and misses nothing": async (stage) => {
    const bob = await joined(stage, "Bob", "ways");
    await stage.obey("only requests Ada");
    const ada = await joined(stage, "Ada", "ways");
    const way = (): string => ada.room.way;
    expect(way() === "events", way());
    await eventually(() => same(bob.present, ["Bob", "Ada"]), () => bob.present);
    await speak(ada, "by post");
    await speak(bob, "by WebSocket");
    const refused = await ada.room.request({ type: "say", text: "" });
    expect(!refused.ok && refused.status === 422, refused);
    await stage.obey("only short requests Ada");
    await stage.obey("block Ada");
    await stage.obey("cut Ada");
    await speak(bob, "meanwhile");
    await stage.obey("unblock Ada");
    await eventually(() => ada.recovered.length === 2, () => [ada.recovered, ada.room.state, way()]);
    expect(ada.recovered[1] === true && way() === "pieces", [ada.recovered, way()]);
    await speak(ada, "fetched");
    await eventually(() => ada.heard.length === 4 && bob.heard.length === 4, () => [ada.heard, bob.heard]);
    expect(same(ada.heard, bob.heard) && same(ada.missed, []), [ada.heard, bob.heard, ada.missed]);
    ada.room.close();
    await stage.obey("anything Ada");
  },

  "an opening by other ways that is refused says why": async (stage) => {
    await stage.obey("only requests Eve");
    const { room } = join(stage, "Eve", "NO");
    const { code, refusal } = await room.closed;
    expect(code === 4422 && refusal?.status === 422, { code, refusal });
    await stage.obey("anything Eve");
  },

  "the program of the guide": async (stage) => {
    const lines: string[] = [];
    const controller = new AbortController();
    const heard = waitFor("evening", stage.baseUrl, controller.signal);
    await pause(500);
    const room = await talk(stage.baseUrl, (line) => lines.push(line));
    expect((await heard) === "Ada", await heard);
    await eventually(() => lines.includes("Ada: Good evening"), () => lines);
    room.close();
    expect(lines.includes("open") && lines.at(-1) === "closed", lines);
    expect(lines.some((line) => /^rooms\/lamps: [12] here$/.test(line)), lines);
    const never = waitFor("never", stage.baseUrl, controller.signal);
    controller.abort();
    expect((await never) === undefined, await never);
  },

  "a quiet channel stays, and one on which nothing gets through is given up": async (stage) => {
    const [quiet, frozen] = [await joined(stage, "Quiet", "beats"), await joined(stage, "Frozen", "beats")];
    const { session } = quiet.room;
    await stage.obey("freeze Frozen");
    const frozenAt = Date.now();
    while (frozen.room.state === "open" && Date.now() - frozenAt < 60_000) await pause(100);
    const after = Date.now() - frozenAt;
    expect(after > 30_000 && after < 45_000, { after });
    await eventually(() => frozen.recovered.length === 2);
    await pause(2_000);
    expect(quiet.room.state === "open" && quiet.room.session === session, "the heartbeat did not keep it");
  },
};
