// ---- What every channel shares: from here on the text is the same for every app. ----

/** How long a connection may take to be open, the problem of a refusal included. */
const OPENING_MS = 10_000;
/** After how long without a word the server is given up: its heartbeat comes after 25 s, and may be 10 s on its way. */
const SILENCE_MS = 37_000;
/** The first wait before a connection is opened again is at most this long, and each further one twice as long. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A connection that was open for so long was a good one: the next wait is the first again. */
const GOOD_MS = 10_000;
/** After so many openings by WebSocket that came to nothing, while requests get through, another way is taken. */
const MOST_BLOCKED = 2;
/** After how long on another way a new connection is tried by WebSocket again. */
const RETURN_MS = 5 * 60_000;
/** How much may wait to be sent. */
const MOST_WAITING_MESSAGES = 256;
const MOST_WAITING_BYTES = 1024 * 1024;
/** How many messages may wait for a loop over them. */
const MOST_UNREAD_MESSAGES = 10_000;
/** How many topics' places are kept, and how long the URL may be that says them. */
const MOST_TOPICS = 1_024;
const MOST_URL_BYTES = 6 * 1024;
/** The longest time that a timer can have. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const DEFAULT_TIMEOUT_MS = 30_000;

/** What `createLive` needs to know. */
export interface LiveConfig extends ClientConfig {
  /** What connections are opened with. Default: the global `WebSocket`; Node has one from 22. */
  readonly webSocket?: WebSocketClass;
}

/**
 * A class of WebSocket connections: the global one, or that of a package.
 *
 * Browsers send no header fields with a WebSocket, and take no third argument.
 */
export type WebSocketClass = new (
  url: string,
  protocols: string[],
  options: { headers: Record<string, string> },
) => WebSocketLike;

/** As much of a WebSocket connection as a channel uses. */
export interface WebSocketLike {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** What one channel may say besides its input. */
export interface ChannelOptions {
  /** Closes the channel. */
  readonly signal?: AbortSignal;
}

/**
 * How what is said on a channel goes: by WebSocket, or, where that does not get through, as a stream of events, or fetched
 * piece by piece.
 */
export type Way = "webSocket" | "events" | "pieces";

/**
 * A channel: one connection at a time, and a new one whenever that is lost.
 *
 * A loop over it gets the messages that come from then on. It ends when the channel does, with an error unless that was
 * by `close` or as the server meant it.
 */
export interface Channel<FromClient, ToClient, Refusal> extends AsyncIterable<ToClient> {
  readonly state: ChannelState;
  /** That of the connection, or of the next. */
  readonly way: Way;
  /** The connection's name, under which others see it. */
  readonly session: string | undefined;
  /** Once the channel has ended and does not come again. */
  readonly closed: Promise<Closed<Refusal>>;

  /** Calls a function whenever something happens. Gives a function that ends this. */
  on<Name extends keyof ChannelEvents<ToClient, Refusal>>(
    name: Name,
    listener: (...event: ChannelEvents<ToClient, Refusal>[Name]) => void,
  ): () => void;
  /**
   * Sends a message; it waits for a connection if there is none.
   *
   * Resolves once it is sent, which does not mean that it has come. Throws a `ChannelError` if it was not sent.
   */
  send(message: FromClient, options?: SendOptions): Promise<void>;
  /**
   * Sends a message, and waits for its answer: a message, or nothing but that it was taken, or a problem.
   *
   * Throws a `ChannelError` if there is none.
   */
  request(message: FromClient, options?: RequestOptions): Promise<Answered<ToClient | undefined> | Refusal>;
  /**
   * Answers the server's questions: with a message, or with nothing but that they have come. Without it, questions are
   * messages as any other, and the server is told that they have come.
   */
  answer(answerer: Answerer<FromClient, ToClient>): void;
  /** Ends the channel. What waits to be sent is not. */
  close(): void;
}

/** What answers the server's questions. */
export type Answerer<FromClient, ToClient> = (question: ToClient) => FromClient | void | Promise<FromClient | void>;

/** `waiting` is a while in which there is no connection, until the next attempt; `closed` is for good. */
export type ChannelState = "connecting" | "open" | "waiting" | "closed";

/** What can happen on a channel. */
export interface ChannelEvents<ToClient, Refusal> {
  message: [message: ToClient, place: Place];
  /** The client gets a topic's messages from now on; of those before, what `missed` tells is lost. */
  subscribed: [event: Subscribed];
  /** The client gets a topic's messages no longer. */
  ended: [event: { readonly topic: string }];
  /** Messages of a topic have not come, and will not: what was made of them is to be asked for anew. */
  missed: [event: Missed];
  joined: [event: Presence];
  left: [event: Presence];
  /** A message that wanted no answer broke its contract, or was refused; or the server is about to close. */
  problem: [refusal: Refusal];
  state: [state: ChannelState];
}

/** Where a message was published: nowhere, if it is for this client alone. */
export interface Place {
  readonly topic?: string;
  readonly offset?: number;
}

/** A topic that the client has subscribed to, or of which it was told that something is lost. */
export interface Subscribed {
  readonly topic: string;
  /** Whether everything that was missed comes now; `undefined` if the client was not there before. */
  readonly recovered: boolean | undefined;
  /** Who is there; `undefined` where the topic does not say. */
  readonly present: readonly Member[] | undefined;
}

/** A topic of which messages were missed. */
export interface Missed {
  readonly topic: string;
  /** How many; `undefined` if that is not known. */
  readonly count: number | undefined;
}

/** Somebody who has come or gone. */
export interface Presence {
  readonly topic: string;
  readonly member: Member;
  /** Who is there now. */
  readonly present: readonly Member[];
}

/** A connection that has joined a topic. */
export interface Member {
  /** The connection's name. */
  readonly id: string;
  /** When it has come. */
  readonly since: string;
  /** What it says of itself. */
  readonly data?: unknown;
}

/** What one message may say besides itself. */
export interface SendOptions {
  /** Takes the message back, if it is not sent. */
  readonly signal?: AbortSignal;
}

/** What one request may say besides its message. */
export interface RequestOptions extends SendOptions {
  /** How long the answer may take, the wait for a connection included. Default: 30 s; `Infinity` disables. */
  readonly timeoutMs?: number;
  /** Sends the message again if the connection is lost: the server may get it twice. Default: no. */
  readonly retry?: boolean;
}

/** The answer to a request. */
export interface Answered<Data> {
  readonly ok: true;
  readonly data: Data;
}

/** A problem in the place of an answer. */
export interface Refused<Status extends number | string, Problem> {
  readonly ok: false;
  /** As the contract declares it: a number, a range such as `"5XX"`, or `"default"`. */
  readonly status: Status;
  readonly problem: Problem;
}

/** Why a channel has ended. */
export interface Closed<Refusal> {
  /** The close code; of an opening that was refused, 4000 more than the status. */
  readonly code: number;
  readonly reason: string;
  /** The problem with which it has ended, if there was one. */
  readonly refusal: Refusal | undefined;
}

/** A message was not sent, or not answered. */
export class ChannelError extends Error {
  /**
   * `closed`: the channel has ended. `full`: too much waits already. `lost`: the connection was lost before the answer.
   * `timeout`: the answer took too long.
   */
  readonly reason: "closed" | "full" | "lost" | "timeout";
  /** Whether the message was sent: then the server may have done what it says. */
  readonly inDoubt: boolean;

  constructor(reason: ChannelError["reason"], message: string, inDoubt = false) {
    super(inDoubt ? `${message}; the server may have got the message` : message);
    this.name = "ChannelError";
    this.reason = reason;
    this.inDoubt = inDoubt;
  }
}

interface ChannelRoute extends Route {
  /** The statuses whose problems the contract declares. */
  readonly problems: readonly string[];
}

/** A frame of the server, as far as it is what it should be. */
interface Frame {
  readonly session?: string;
  readonly topic?: string;
  readonly epoch?: string;
  readonly offset?: number;
  readonly recovered?: boolean;
  readonly present?: readonly Member[];
  readonly joined?: Member;
  readonly left?: Member;
  readonly ended?: boolean;
  readonly id?: number;
  readonly re?: number;
  readonly data?: unknown;
  readonly problem?: UndeclaredProblem;
  readonly ping?: boolean;
  readonly bye?: { readonly code: number; readonly reconnect_after_ms?: number };
}

/** What is around the program, where that is a browser. */
interface Surroundings {
  readonly WebSocket?: WebSocketClass;
  readonly location?: { readonly href: string };
  readonly addEventListener?: (name: "online", listener: () => void) => void;
  readonly removeEventListener?: (name: "online", listener: () => void) => void;
}

const surroundings = globalThis as unknown as Surroundings;

class ReconnectingChannel<FromClient, ToClient, Refusal> implements Channel<FromClient, ToClient, Refusal> {
  state: ChannelState = "connecting";
  way: Way = "webSocket";
  session: string | undefined;
  readonly closed: Promise<Closed<Refusal>>;

  readonly #config: LiveConfig;
  readonly #route: ChannelRoute;
  readonly #input: ParametersByPlace;
  readonly #signal: AbortSignal | undefined;
  readonly #listeners = new Listeners<ToClient, Refusal>();
  readonly #topics = new Topics(this.#listeners);
  readonly #outbox = new Outbox();
  #answerer: Answerer<FromClient, ToClient> | undefined;
  #resolveClosed: (closed: Closed<Refusal>) => void = () => undefined;

  /** Which connection this is: what an earlier one still says means nothing. */
  #turn = 0;
  #socket: WebSocketLike | undefined;
  /** Of a connection that is being opened: its end. Of one that is open: the server's silence. Else: the wait. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #openedAt: number | undefined;
  #heardAt = 0;
  #failures = 0;
  /** How many openings were blocked, one after the other. */
  #blocked = 0;
  /** Since when another way than WebSocket is taken. */
  #elsewhereSince = 0;
  #bye: Frame["bye"];
  #lastProblem: UndeclaredProblem | undefined;

  constructor(config: LiveConfig, route: ChannelRoute, input: ParametersByPlace = {}, options: ChannelOptions = {}) {
    this.#config = config;
    this.#route = route;
    this.#input = input;
    this.#signal = options.signal;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    // What cannot ever be opened is the caller's mistake, and thrown here.
    absolute(rooted(config, drafted(route, input).path), "ws");
    socketClass(config);
    this.#signal?.addEventListener("abort", this.#close);
    surroundings.addEventListener?.("online", this.#comeBack);
    if (this.#signal?.aborted) this.close();
    else void this.#connect();
  }

  on<Name extends keyof ChannelEvents<ToClient, Refusal>>(
    name: Name,
    listener: (...event: ChannelEvents<ToClient, Refusal>[Name]) => void,
  ): () => void {
    return this.#listeners.add(name, listener);
  }

  send(message: FromClient, options: SendOptions = {}): Promise<void> {
    return this.#post<void>(message, false, options);
  }

  request(message: FromClient, options: RequestOptions = {}): Promise<Answered<ToClient | undefined> | Refusal> {
    return this.#post<Answered<ToClient | undefined> | Refusal>(message, true, options);
  }

  answer(answerer: Answerer<FromClient, ToClient>): void {
    this.#answerer = answerer;
  }

  close(): void {
    this.#finish({ code: 1000, reason: "", refusal: undefined });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ToClient, void> {
    const unread: ToClient[] = [];
    let isFull = false;
    let wake: () => void = () => undefined;
    const stop = this.on("message", (message) => {
      isFull ||= unread.length >= MOST_UNREAD_MESSAGES;
      if (!isFull) unread.push(message);
      wake();
    });
    void this.closed.then(() => wake());
    try {
      while (unread.length > 0 || (!isFull && this.state !== "closed")) {
        const next = unread.shift();
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      stop();
    }
    if (isFull) throw new ChannelError("full", "too many messages waited to be read");
    const { code, reason } = await this.closed;
    if (code !== 1000) throw new ChannelError("closed", `the channel was closed with ${code} ${reason}`.trim());
  }

  readonly #close = () => this.close();

  /** The network is there again: there is no need to wait. */
  readonly #comeBack = () => {
    if (this.state === "waiting") void this.#connect();
  };

  async #connect(): Promise<void> {
    const turn = this.#drop();
    this.#become("connecting");
    // Whoever was told so may have closed the channel.
    if (turn !== this.#turn) return;
    this.#openedAt = undefined;
    if (this.way !== "webSocket" && Date.now() - this.#elsewhereSince >= RETURN_MS) {
      this.way = "webSocket";
      // It was blocked before: once more is enough.
      this.#blocked = MOST_BLOCKED - 1;
    }
    this.#wait(OPENING_MS, () => {
      // Where nothing comes at all, nobody says why.
      if (this.#socket !== undefined) this.#isBlocked();
      this.#retry();
    });
    try {
      const draft = drafted(this.#route, this.#input);
      const scheme = this.way === "webSocket" ? "ws" : "http";
      const url = absolute(await addressed(this.#config, this.#route, draft), scheme);
      if (turn !== this.#turn) return;
      const at = this.#topics.positions(MOST_URL_BYTES - url.href.length);
      if (at !== undefined) url.search += `${url.search === "" ? "?" : "&"}at=${at}`;
      this.#socket = this.#opening(url, headersOf(draft.headers), turn);
    } catch {
      // What gives the credentials has failed, as a network may, or the class could not begin.
      if (turn === this.#turn) this.#retry();
    }
  }

  #opening(url: URL, headers: Record<string, string>, turn: number): WebSocketLike {
    const { way } = this;
    const socket =
      way === "webSocket" ? opened(this.#config, url, headers) : new RequestConnection(this.#config, url, headers, way);
    let isLost = false;
    const lost = (code: number, reason: string) => {
      if (isLost || turn !== this.#turn) return;
      isLost = true;
      if (this.#openedAt === undefined && code === 1006) void this.#askWhy(url, headers, turn);
      else this.#ended(code, reason);
    };
    socket.addEventListener("message", ({ data }) => {
      if (turn !== this.#turn) return;
      this.#heardAt = Date.now();
      const frame = typeof data === "string" ? parseJson(data)?.value : undefined;
      if (typeof frame === "object" && frame !== null) this.#take(frame as Frame);
    });
    // Of an opening that is refused, some tell by this event alone.
    socket.addEventListener("error", () => this.#openedAt === undefined && lost(1006, ""));
    socket.addEventListener("close", ({ code, reason }) => lost(code, reason));
    return socket;
  }

  /** A WebSocket does not tell why it was refused; the same request by `fetch` does. */
  async #askWhy(url: URL, headers: Record<string, string>, turn: number): Promise<void> {
    const problem = await refusal(this.#config, url, headers);
    if (turn !== this.#turn) return;
    // Nothing is wrong with the request.
    if (problem?.status === 426) this.#isBlocked();
    if (problem === undefined || mayPass(problem.status)) this.#retry();
    else this.#finish({ code: 4000 + problem.status, reason: problem.title, refusal: this.#refused(problem) });
  }

  /** The way leads nowhere, while requests get through: the next may. */
  #isBlocked(): void {
    this.#blocked += 1;
    if (this.way === "webSocket" && this.#blocked < MOST_BLOCKED) return;
    this.#blocked = 0;
    if (this.way === "webSocket") this.#elsewhereSince = Date.now();
    this.way = this.way === "webSocket" ? "events" : this.way === "events" ? "pieces" : "webSocket";
  }

  #ended(closedWith: number, reason: string): void {
    const bye = this.#bye;
    const code = bye?.code ?? closedWith;
    const isFinal = bye === undefined ? !comesAgain(code) : bye.reconnect_after_ms === undefined;
    // A server that ends says when there will be another. Else, what has failed may fail again.
    if (!isFinal && code === 1001) return this.#retry(bye?.reconnect_after_ms);
    if (!isFinal) return this.#retry(Math.max(this.#backOffMs(), bye?.reconnect_after_ms ?? 0));
    const problem = this.#lastProblem?.status === code - 4000 ? this.#lastProblem : undefined;
    this.#finish({ code, reason, refusal: problem && this.#refused(problem) });
  }

  #retry(afterMs = this.#backOffMs()): void {
    this.#drop();
    this.#become("waiting");
    if (this.state === "waiting") this.#wait(afterMs, () => void this.#connect());
  }

  /** With full jitter: clients that have lost their server together do not come back together. */
  #backOffMs(): number {
    if (this.#openedAt !== undefined && Date.now() - this.#openedAt >= GOOD_MS) this.#failures = 0;
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    return Math.random() * longest;
  }

  /** Leaves the connection, if there is one; the number of the next. */
  #drop(): number {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#socket?.close();
    this.#socket = undefined;
    this.session = undefined;
    this.#bye = undefined;
    this.#lastProblem = undefined;
    this.#outbox.interrupted();
    return this.#turn;
  }

  #finish(closed: Closed<Refusal>): void {
    if (this.state === "closed") return;
    this.#signal?.removeEventListener("abort", this.#close);
    surroundings.removeEventListener?.("online", this.#comeBack);
    this.state = "closed";
    this.#outbox.close();
    this.#drop();
    this.#resolveClosed(closed);
    this.#listeners.tell("state", "closed");
  }

  #become(state: ChannelState): void {
    if (this.state === state) return;
    this.state = state;
    this.#listeners.tell("state", state);
  }

  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
  }

  #watch(): void {
    const left = this.#heardAt + SILENCE_MS - Date.now();
    if (left <= 0) this.#retry();
    else this.#wait(left, () => this.#watch());
  }

  #take(frame: Frame): void {
    if (frame.session !== undefined) return this.#open(frame.session);
    // By requests, the server sees the client come.
    if (frame.ping === true) return this.way === "webSocket" ? this.#write({ pong: true }) : undefined;
    if (frame.bye !== undefined) return void (this.#bye = frame.bye);
    if (frame.re !== undefined) return this.#answered(frame.re, frame);
    if (frame.problem !== undefined) return this.#complain(frame.problem);
    if (frame.topic !== undefined) return this.#topics.take(frame.topic, frame);
    if (frame.data === undefined) return;
    if (frame.id !== undefined) return void this.#asked(frame.data as ToClient, frame.id);
    this.#listeners.tell("message", frame.data as ToClient, {});
  }

  #open(session: string): void {
    this.session = session;
    this.#openedAt = Date.now();
    this.#blocked = 0;
    this.#watch();
    this.#become("open");
    this.#flush();
  }

  #answered(id: number, { data, problem }: Frame): void {
    this.#outbox.answered(id, problem === undefined ? { ok: true, data } : this.#refused(problem));
  }

  #complain(problem: UndeclaredProblem): void {
    this.#lastProblem = problem;
    this.#listeners.tell("problem", this.#refused(problem));
  }

  /** A question of an earlier connection is not answered on a later one. */
  async #asked(question: ToClient, id: number): Promise<void> {
    const turn = this.#turn;
    if (this.#answerer === undefined) this.#listeners.tell("message", question, {});
    try {
      const data = await this.#answerer?.(question);
      if (turn === this.#turn) this.#write(data === undefined ? { re: id } : { re: id, data });
    } catch (error) {
      report(error);
    }
  }

  #refused(problem: UndeclaredProblem): Refusal {
    const keys = [`${problem.status}`, `${Math.floor(problem.status / 100)}XX`, "default"];
    const key = keys.find((candidate) => this.#route.problems.includes(candidate)) ?? "undeclared";
    return { ok: false, status: /^\d+$/.test(key) ? problem.status : key, problem } as Refusal;
  }

  #post<Result>(message: FromClient, wantsAnswer: boolean, options: RequestOptions): Promise<Result> {
    const result = this.#outbox.post<Result>(message, wantsAnswer, options, this.#socket?.bufferedAmount ?? 0);
    this.#flush();
    return result;
  }

  #flush(): void {
    if (this.state === "open" && this.#bye === undefined) this.#outbox.flush((text) => this.#socket?.send(text));
  }

  #write(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }
}

/** Who wants to be told of what happens on a channel. */
class Listeners<ToClient, Refusal> {
  readonly #all: {
    readonly [Name in keyof ChannelEvents<ToClient, Refusal>]: Set<
      (...event: ChannelEvents<ToClient, Refusal>[Name]) => void
    >;
  } = {
    message: new Set(),
    subscribed: new Set(),
    ended: new Set(),
    missed: new Set(),
    joined: new Set(),
    left: new Set(),
    problem: new Set(),
    state: new Set(),
  };

  add<Name extends keyof ChannelEvents<ToClient, Refusal>>(
    name: Name,
    listener: (...event: ChannelEvents<ToClient, Refusal>[Name]) => void,
  ): () => void {
    // Each call has an end of its own, even with a function that listens already.
    const own = (...event: ChannelEvents<ToClient, Refusal>[Name]) => listener(...event);
    this.#all[name].add(own);
    return () => void this.#all[name].delete(own);
  }

  tell<Name extends keyof ChannelEvents<ToClient, Refusal>>(
    name: Name,
    ...event: ChannelEvents<ToClient, Refusal>[Name]
  ): void {
    for (const listener of [...this.#all[name]]) {
      try {
        listener(...event);
      } catch (error) {
        report(error);
      }
    }
  }
}

/** A topic as the client knows it. */
interface Topic {
  /** `undefined` where the server does not know yet. */
  readonly epoch: string | undefined;
  /** That of the last message. */
  offset: number;
  readonly members: Map<string, Member> | undefined;
}

/** Where the client is in its topics: what comes twice is dropped, and what does not come is told. */
class Topics<ToClient, Refusal> {
  readonly #listeners: Listeners<ToClient, Refusal>;
  /** By name; the last is the one last heard of. */
  readonly #all = new Map<string, Topic>();

  constructor(listeners: Listeners<ToClient, Refusal>) {
    this.#listeners = listeners;
  }

  take(name: string, frame: Frame): void {
    if (frame.offset !== undefined && frame.data === undefined) return this.#subscribed(name, frame.offset, frame);
    const topic = this.#all.get(name);
    // What was under way when the topic ended.
    if (topic === undefined) return;
    if (frame.ended === true) {
      this.#all.delete(name);
      this.#listeners.tell("ended", { topic: name });
    } else if (frame.joined !== undefined) this.#joined(name, topic, frame.joined);
    else if (frame.left !== undefined) this.#left(name, topic, frame.left);
    else if (frame.data !== undefined) this.#published(name, topic, frame.offset, frame.data as ToClient);
  }

  /** Where the client is, the topics last heard of first, in at most so many letters of the query. */
  positions(mostLetters: number): string | undefined {
    const encoder = new TextEncoder();
    const parts: string[] = [];
    // Of base64, four letters are three bytes.
    let room = (mostLetters - "&at=".length) * 0.75 - "{}".length;
    for (const [name, { epoch, offset }] of [...this.#all].reverse()) {
      if (epoch === undefined) continue;
      const part = `${JSON.stringify(name)}:${JSON.stringify([epoch, offset])}`;
      room -= encoder.encode(part).length + ",".length;
      if (room < 0) break;
      parts.push(part);
    }
    if (parts.length === 0) return undefined;
    const text = btoa(String.fromCharCode(...encoder.encode(`{${parts.join()}}`)));
    return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }

  #subscribed(name: string, offset: number, { epoch, recovered: said, present }: Frame): void {
    const before = this.#all.get(name);
    const same = epoch !== undefined && before?.epoch === epoch ? before : undefined;
    // There may have been no room to say where the client was.
    const recovered = said ?? (before === undefined ? undefined : same?.offset === offset);
    // Who has subscribed already may be told of a loss, without another list of those who are there.
    const members = present === undefined ? before?.members : new Map(present.map((member) => [member.id, member]));
    // What was missed comes next, and is counted as it comes.
    const last = recovered === true && same !== undefined ? same.offset : offset;
    this.#hear(name, { epoch, offset: last, members });
    this.#listeners.tell("subscribed", { topic: name, recovered, present: members && [...members.values()] });
    const count = same === undefined ? undefined : Math.max(offset - same.offset, 0);
    if (recovered === false) this.#listeners.tell("missed", { topic: name, count });
  }

  #published(name: string, topic: Topic, offset: number | undefined, message: ToClient): void {
    // What nobody would miss may have no place.
    if (offset === undefined) return this.#listeners.tell("message", message, { topic: name });
    const missed = offset - topic.offset - 1;
    if (missed < 0) return;
    topic.offset = offset;
    this.#hear(name, topic);
    if (missed > 0) this.#listeners.tell("missed", { topic: name, count: missed });
    this.#listeners.tell("message", message, { topic: name, offset });
  }

  #hear(name: string, topic: Topic): void {
    this.#all.delete(name);
    this.#all.set(name, topic);
    const [oldest] = this.#all.keys();
    if (this.#all.size > MOST_TOPICS && oldest !== undefined) this.#all.delete(oldest);
  }

  /** Who is in the list of those present may be told of once more. */
  #joined(name: string, { members }: Topic, member: Member): void {
    if (members === undefined || members.has(member.id)) return;
    members.set(member.id, member);
    this.#listeners.tell("joined", { topic: name, member, present: [...members.values()] });
  }

  #left(name: string, { members }: Topic, member: Member): void {
    if (members?.delete(member.id) !== true) return;
    this.#listeners.tell("left", { topic: name, member, present: [...members.values()] });
  }
}

/** A message on its way. */
interface Outgoing {
  readonly text: string;
  readonly bytes: number;
  /** Of a request. */
  readonly id: number | undefined;
  readonly mayRepeat: boolean;
  /** Whether it was ever sent, on this connection or an earlier one. */
  isSent: boolean;
  readonly settle: (result: unknown) => void;
  readonly fail: (error: unknown) => void;
}

/** What waits to be sent, and what was sent and waits for its answer. */
class Outbox {
  readonly #waiting: Outgoing[] = [];
  readonly #unanswered = new Map<number, Outgoing>();
  #lastId = 0;
  #isClosed = false;

  /** Lets a message wait. So many bytes wait elsewhere. */
  post<Result>(message: unknown, wantsAnswer: boolean, options: RequestOptions, buffered: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      const id = wantsAnswer ? (this.#lastId += 1) : undefined;
      const text = JSON.stringify(id === undefined ? { data: message } : { data: message, id });
      const bytes = new TextEncoder().encode(text).length;
      const { signal, timeoutMs = DEFAULT_TIMEOUT_MS, retry = false } = options;
      const ended = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", taken);
        this.#forget(outgoing);
      };
      const settle = (result: unknown) => (ended(), resolve(result as Result));
      const fail = (error: unknown) => (ended(), reject(error));
      const outgoing: Outgoing = { text, bytes, id, mayRepeat: retry, isSent: false, settle, fail };
      const taken = () => fail(signal?.reason);
      const late = () => fail(new ChannelError("timeout", "no answer came in time", outgoing.isSent));
      const timer = wantsAnswer && timeoutMs <= LONGEST_TIMER_MS ? setTimeout(late, timeoutMs) : undefined;
      signal?.addEventListener("abort", taken);
      if (signal?.aborted === true) return taken();
      if (this.#isClosed) return fail(new ChannelError("closed", "the channel is closed"));
      if (this.#isFull(bytes, buffered)) return fail(new ChannelError("full", "too much waits to be sent"));
      if (id !== undefined) this.#unanswered.set(id, outgoing);
      this.#waiting.push(outgoing);
    });
  }

  flush(send: (text: string) => void): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next.isSent = true;
      send(next.text);
      if (next.id === undefined) next.settle(undefined);
    }
  }

  answered(id: number, answer: unknown): void {
    this.#unanswered.get(id)?.settle(answer);
  }

  /** The connection is lost: what was under way is sent again, or is in doubt. */
  interrupted(): void {
    const underWay = [...this.#unanswered.values()].filter((outgoing) => !this.#waiting.includes(outgoing));
    this.#waiting.unshift(...underWay.filter((outgoing) => outgoing.mayRepeat));
    for (const outgoing of underWay.filter((outgoing) => !outgoing.mayRepeat)) {
      outgoing.fail(new ChannelError("lost", "the connection was lost before the answer", true));
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const outgoing of new Set([...this.#waiting, ...this.#unanswered.values()])) {
      outgoing.fail(new ChannelError("closed", "the channel was closed", outgoing.isSent));
    }
  }

  /** One message alone may be longer. */
  #isFull(bytes: number, buffered: number): boolean {
    const waiting = this.#waiting.reduce((sum, outgoing) => sum + outgoing.bytes, buffered);
    return this.#waiting.length >= MOST_WAITING_MESSAGES || (waiting > 0 && waiting + bytes > MOST_WAITING_BYTES);
  }

  #forget(outgoing: Outgoing): void {
    if (outgoing.id !== undefined) this.#unanswered.delete(outgoing.id);
    const index = this.#waiting.indexOf(outgoing);
    if (index >= 0) this.#waiting.splice(index, 1);
  }
}

/** An error of the program's own functions goes where errors go that nobody catches. */
function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Whether the server may be asked again after it has closed with a code. */
function comesAgain(code: number): boolean {
  if (code >= 4400 && code < 4600) return mayPass(code - 4000);
  return ![1000, 1002, 1003, 1007, 1008, 1009, 4003].includes(code);
}

/** Whether the same request may be accepted later. */
function mayPass(status: number): boolean {
  return status >= 500 || [408, 425, 426, 429].includes(status);
}

function absolute(url: string, scheme: "ws" | "http"): URL {
  const parsed = new URL(url, surroundings.location?.href);
  parsed.protocol = parsed.protocol.replace(/^(http|ws)/, scheme);
  return parsed;
}

function socketClass({ webSocket = surroundings.WebSocket }: LiveConfig): WebSocketClass {
  if (webSocket === undefined) throw new TypeError("there is no WebSocket here: give one to createLive as webSocket");
  return webSocket;
}

function opened(config: LiveConfig, url: URL, headers: Record<string, string>): WebSocketLike {
  const Socket = socketClass(config);
  const protocols = ["kovar.json"];
  if (config.webSocket !== undefined || isBrowser()) return new Socket(url.href, protocols, { headers });
  // The class of Node, Deno and Bun takes header fields in the place of the protocols.
  const Global = Socket as unknown as new (url: string, options: object) => WebSocketLike;
  return new Global(url.href, { protocols, headers });
}

function isBrowser(): boolean {
  return "document" in globalThis || "WorkerGlobalScope" in globalThis;
}

function headersOf(headers: Headers): Record<string, string> {
  const fields: Record<string, string> = {};
  headers.forEach((value, name) => (fields[name] = value));
  return fields;
}

/** The problem that a request for a channel is answered with; `undefined` if none came. */
async function refusal(
  config: LiveConfig,
  url: URL,
  headers: Record<string, string>,
): Promise<UndeclaredProblem | undefined> {
  const send = config.fetch ?? globalThis.fetch;
  const signal = AbortSignal.timeout(OPENING_MS);
  // As a WebSocket has, the request has the cookies of the server's origin, and in a browser no header fields of ours.
  // What it accepts opens no channel.
  const fields = { ...(isBrowser() ? {} : headers), accept: "application/problem+json" };
  const init: RequestInit = { signal, credentials: "include", headers: fields };
  try {
    const response = await send(url.href.replace(/^ws/, "http"), init);
    const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json") === true;
    if (isProblem) return (await response.json()) as UndeclaredProblem;
    await response.body?.cancel();
  } catch {
    // The network is what is wrong.
  }
  return undefined;
}
