// A room as one of its people has it: what was said, who is there, who is typing, and who has read how far.
//
// It knows no page. What it knows, it has from the channel, and what is older from the list of messages.

import { type Client, createClient } from "./client/client.js";
import { type Channel, type ChannelState, ChannelError, type RoomRefusal, createLive } from "./client/live.js";
import type { FromClient, Message, ReadMark, ToClient } from "./client/types.js";

/** How many messages are asked for at a time, and how many times until what is older than that is left out. */
const PAGE = 50;
const MOST_PAGES = 10;
/** How long somebody is shown as typing, and how often it is said of oneself. */
const TYPING_MS = 5_000;
const SAY_TYPING_MS = 2_500;
/** How long is waited before the server is asked again. */
const AGAIN_MS = 2_000;

/** A message that is not among the others yet. */
export interface Unsent {
  readonly key: string;
  readonly text: string;
  readonly at: string;
  /** Why it will not be, if that is so. */
  problem?: string;
}

export class Room {
  readonly name: string;
  readonly me: string;
  state: ChannelState = "connecting";
  /** Why the room cannot be entered, if that is so. */
  refusal: string | undefined;
  /** Whether the latest messages have been loaded. */
  isLoaded = false;
  unsent: Unsent[] = [];

  readonly #channel: Channel<FromClient, ToClient, RoomRefusal>;
  readonly #client: Client = createClient({ baseUrl: "" });
  readonly #changed: () => void;
  readonly #heard: (message: Message) => void;
  readonly #messages = new Map<number, Message>();
  readonly #marks = new Map<string, number>();
  #people: string[] = [];
  readonly #typing = new Map<string, ReturnType<typeof setTimeout>>();
  #saidTypingAt = 0;
  /** The last message that was read here; what others know of it is their mark. */
  #read = 0;
  #isLoading = false;
  /** Whether what is loaded now may be too old when it comes. */
  #loadsAgain = false;

  /** Enters a room. `changed` is told of every change, and `heard` of what others say from now on. */
  constructor(name: string, me: string, changed: () => void, heard: (message: Message) => void) {
    [this.name, this.me, this.#changed, this.#heard] = [name, me, changed, heard];
    this.#channel = createLive({ baseUrl: "" }).room({ path: { room: name }, query: { name: me } });
    this.#listen();
    this.unsent = this.#stored();
    for (const unsent of this.unsent) void this.#post(unsent);
  }

  /** In the order of their numbers. */
  get messages(): readonly Message[] {
    return [...this.#messages.values()].sort((one, other) => one.id - other.id);
  }

  /** Who is there, each once, oneself first. */
  get people(): readonly string[] {
    const others = new Set(this.#people.filter((name) => name !== this.me));
    return [this.me, ...[...others].sort((one, other) => one.localeCompare(other))];
  }

  get typing(): readonly string[] {
    return [...this.#typing.keys()];
  }

  /** The last message that somebody has read. */
  markOf(name: string): number | undefined {
    return this.#marks.get(name);
  }

  /** Who else has read up to each message and no further. */
  get readers(): ReadonlyMap<number, readonly string[]> {
    const readers = new Map<number, string[]>();
    for (const [name, id] of this.#marks) {
      if (name === this.me) continue;
      readers.set(id, [...(readers.get(id) ?? []), name].sort());
    }
    return readers;
  }

  /** Whether there are messages before the first that is known. */
  get hasEarlier(): boolean {
    const first = Math.min(...this.#messages.keys());
    return Number.isFinite(first) && first > 1;
  }

  say(text: string): void {
    const unsent: Unsent = { key: newKey(), text, at: new Date().toISOString() };
    this.unsent.push(unsent);
    this.#saidTypingAt = 0;
    this.#store();
    this.#changed();
    void this.#post(unsent);
  }

  /** Says something once more that was refused. */
  sayAgain(unsent: Unsent): void {
    delete unsent.problem;
    this.#changed();
    void this.#post(unsent);
  }

  forget(unsent: Unsent): void {
    this.unsent = this.unsent.filter((other) => other !== unsent);
    this.#store();
    this.#changed();
  }

  /** Says that one is typing, every now and then. */
  sayTyping(): void {
    if (this.state !== "open" || Date.now() - this.#saidTypingAt < SAY_TYPING_MS) return;
    this.#saidTypingAt = Date.now();
    void this.#send({ type: "typing" });
  }

  /** Says that one has read up to a message. */
  read(id: number): void {
    if (id <= Math.max(this.#read, this.markOf(this.me) ?? 0)) return;
    this.#read = id;
    void this.#send({ type: "read", message_id: id });
  }

  /** Loads what was said before the first message that is known. */
  async loadEarlier(): Promise<void> {
    const first = Math.min(...this.#messages.keys());
    await this.#loadPage(first);
    this.#changed();
  }

  #listen(): void {
    const isRoom = (topic: string) => topic === `rooms/${this.name}`;
    this.#channel.on("message", (message) => this.#take(message));
    this.#channel.on("subscribed", ({ topic, recovered, present }) => {
      if (!isRoom(topic)) return;
      this.#present(present);
      if (recovered !== true) void this.#load();
    });
    this.#channel.on("missed", ({ topic }) => isRoom(topic) && void this.#load());
    this.#channel.on("joined", ({ present }) => this.#present(present));
    this.#channel.on("left", ({ present }) => this.#present(present));
    this.#channel.on("state", (state) => {
      this.state = state;
      // Who is there is told anew.
      if (state !== "open") this.#forgetTyping();
      this.#changed();
    });
    void this.#channel.closed.then(({ refusal, reason }) => {
      this.refusal = refusal?.problem.detail ?? refusal?.problem.title ?? reason;
      this.#changed();
    });
  }

  #take(message: ToClient): void {
    switch (message.type) {
      case "said":
        this.#forgetTyping(message.author);
        if (this.#add(message) && message.author !== this.me) this.#heard(message);
        break;
      case "marks":
        message.marks.forEach((mark) => this.#mark(mark));
        // What was read while nobody could be told.
        if (this.#read > (this.markOf(this.me) ?? 0)) void this.#send({ type: "read", message_id: this.#read });
        break;
      case "read":
        this.#mark(message);
        break;
      case "typing":
        this.#type(message.author);
    }
    this.#changed();
  }

  /** Whether it is new. */
  #add(message: Message): boolean {
    const isNew = !this.#messages.has(message.id);
    this.#messages.set(message.id, message);
    const isOther = ({ key }: Unsent) => message.author !== this.me || message.key !== key;
    if (!this.unsent.every(isOther)) {
      this.unsent = this.unsent.filter(isOther);
      this.#store();
    }
    return isNew;
  }

  #mark({ reader, message_id }: ReadMark): void {
    this.#marks.set(reader, Math.max(message_id, this.markOf(reader) ?? 0));
  }

  #present(present: readonly { readonly data?: unknown }[] | undefined): void {
    if (present === undefined) return;
    this.#people = present.map(({ data }) => (data as { name: string }).name);
    this.#changed();
  }

  #type(name: string): void {
    if (name === this.me) return;
    clearTimeout(this.#typing.get(name));
    this.#typing.set(name, setTimeout(() => (this.#forgetTyping(name), this.#changed()), TYPING_MS));
  }

  #forgetTyping(name?: string): void {
    for (const [other, timer] of this.#typing) {
      if (name !== undefined && name !== other) continue;
      clearTimeout(timer);
      this.#typing.delete(other);
    }
  }

  /** Loads the latest messages, up to those that are known. */
  async #load(): Promise<void> {
    this.#loadsAgain = true;
    if (this.#isLoading) return;
    this.#isLoading = true;
    while (this.#loadsAgain && this.state !== "closed") {
      this.#loadsAgain = false;
      await this.#loadLatest().catch(async () => {
        this.#loadsAgain = true;
        await pause(AGAIN_MS);
      });
    }
    this.#isLoading = false;
  }

  async #loadLatest(): Promise<void> {
    const known = this.#lastWithoutGap();
    let first: number | undefined;
    for (let pages = 0; first === undefined || (known > 0 && first > known + 1); pages += 1) {
      if (first !== undefined && pages === MOST_PAGES) {
        // Too much was missed: what is older is asked for from here on, as at the beginning.
        for (const id of this.#messages.keys()) if (id < first) this.#messages.delete(id);
        break;
      }
      first = await this.#loadPage(first);
    }
    this.isLoaded = true;
    this.#changed();
  }

  /** The last of those messages that follow the first that is known; 0 if none is known. */
  #lastWithoutGap(): number {
    let last = Math.min(...this.#messages.keys());
    if (!Number.isFinite(last)) return 0;
    while (this.#messages.has(last + 1)) last += 1;
    return last;
  }

  /** Loads a page, and gives the number of its first message; 1 if there is none. */
  async #loadPage(before: number | undefined): Promise<number> {
    const query = { limit: PAGE, ...(before === undefined ? {} : { cursor: before }) };
    const answer = await this.#client.listMessages({ path: { room: this.name }, query });
    if (!answer.ok) throw new Error(answer.problem.title);
    answer.data.items.forEach((message) => this.#add(message));
    return answer.data.items.at(-1)?.id ?? 1;
  }

  /** Says it until it is kept, or refused for good. It has a key: said twice, it is one message. */
  async #post(unsent: Unsent): Promise<void> {
    const message: FromClient = { type: "say", text: unsent.text, key: unsent.key };
    for (;;) {
      try {
        const answer = await this.#channel.request(message, { retry: true, timeoutMs: Infinity });
        // It stays where it is until it comes as the others do.
        if (answer.ok) return;
        if (answer.problem.status < 500) {
          unsent.problem = "detail" in answer.problem ? answer.problem.detail : answer.problem.title;
          return this.#changed();
        }
      } catch (error) {
        if (!(error instanceof ChannelError) || error.reason === "closed") return;
      }
      await pause(AGAIN_MS);
    }
  }

  /** Sends what nobody misses. */
  async #send(message: FromClient): Promise<void> {
    await this.#channel.send(message).catch(() => undefined);
  }

  get #storage(): string {
    return `unsent/${this.name}/${this.me}`;
  }

  /** What a page that was loaded again has yet to say. */
  #stored(): Unsent[] {
    return JSON.parse(sessionStorage.getItem(this.#storage) ?? "[]") as Unsent[];
  }

  #store(): void {
    sessionStorage.setItem(this.#storage, JSON.stringify(this.unsent));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A UUID (RFC 9562 §5.4). `crypto.randomUUID` is there for pages of HTTPS alone. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
