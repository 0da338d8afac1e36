// How a program talks in a room of `examples/chat`, through the client that `chat client typescript` writes.

// ANCHOR: room
import { type Live, createLive } from "./client/live.js";

type Room = ReturnType<Live["room"]>;

export async function talk(baseUrl: string, print: (line: string) => void): Promise<Room> {
  const live = createLive({ baseUrl });
  const room = live.room({ path: { room: "lamps" }, query: { name: "Ada" } });

  room.on("subscribed", ({ topic, present }) => print(`${topic}: ${present?.length ?? "some"} here`));
  room.on("message", (message) => {
    switch (message.type) {
      case "said":
        return print(`${message.author}: ${message.text}`);
      case "typing":
        return print(`${message.author} is typing`);
    }
  });
  // What cannot be had any more: the place to load the whole page of messages anew.
  room.on("missed", ({ topic }) => print(`${topic}: something was lost`));
  room.on("state", (state) => print(state));

  const answer = await room.request({ type: "say", text: "Good evening" });
  if (!answer.ok && answer.status === 422) print(answer.problem.errors.map((issue) => issue.msg).join());
  return room;
}
// ANCHOR_END: room

// ANCHOR: loop
/** Waits for a word. */
export async function waitFor(word: string, baseUrl: string, signal: AbortSignal): Promise<string | undefined> {
  const room = createLive({ baseUrl }).room({ path: { room: "lamps" }, query: { name: "Bob" } }, { signal });
  try {
    for await (const message of room) {
      if (message.type === "said" && message.text.includes(word)) return message.author;
    }
  } finally {
    room.close();
  }
  return undefined;
}
// ANCHOR_END: loop
