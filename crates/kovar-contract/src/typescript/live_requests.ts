
// ---- Where WebSocket does not get through: the same frames, in requests as any others. ----

/** How many frames, and of how many letters together, are posted at a time; one alone may be longer. */
const MOST_POSTED = 100;
const MOST_POSTED_LETTERS = 64 * 1024;
/** After how long what has failed is tried again, and how often it is tried. */
const AGAIN_MS = 1_000;
const MOST_TRIES = 3;

/** What was fetched at once. */
interface Piece {
  readonly number: number;
  readonly frames: readonly object[];
}

/** A connection that is none: what the server says is the body of an answer, or of many, and what the client says is posted. */
class RequestConnection implements WebSocketLike {
  bufferedAmount = 0;

  readonly #config: LiveConfig;
  readonly #headers: Record<string, string>;
  readonly #controller = new AbortController();
  readonly #listeners: { readonly type: string; readonly listener: (event: never) => void }[] = [];
  /** Where what is said is posted to, which the first frame says. */
  #address = "";
  readonly #unsent: string[] = [];
  #isPosting = false;

  constructor(config: LiveConfig, url: URL, headers: Record<string, string>, way: "events" | "pieces") {
    this.#config = config;
    // As with a WebSocket, a browser sends none of ours.
    this.#headers = isBrowser() ? {} : headers;
    const read = way === "events" ? this.#readEvents(url) : this.#readPieces(url);
    // Why it has ended is in what came before, or nowhere.
    void read.catch(() => undefined).then(() => this.#lost());
  }

  addEventListener(type: "error" | "message" | "close", listener: (event: never) => void): void {
    this.#listeners.push({ type, listener });
  }

  send(text: string): void {
    this.#unsent.push(text);
    this.bufferedAmount += text.length;
    if (!this.#isPosting) void this.#postAll().catch(() => this.#lost());
  }

  close(): void {
    this.#controller.abort();
  }

  async #readEvents(url: URL): Promise<void> {
    const response = await this.#ask(url.href, { headers: { accept: "text/event-stream" } });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
    if (!response.ok || !isStream || response.body === null) return;
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const events = (text + decoder.decode(read.value, { stream: true })).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) if (event.startsWith("data: ")) this.#hear(event.slice("data: ".length));
    }
  }

  async #readPieces(url: URL): Promise<void> {
    let has = -1;
    let piece = await this.#piece(url.href, 1);
    while (piece !== undefined) {
      // The same may come twice.
      if (piece.number > has) for (const frame of piece.frames) this.#hear(JSON.stringify(frame));
      has = Math.max(has, piece.number);
      piece = await this.#piece(`${this.#address}?has=${has}`, MOST_TRIES);
    }
  }

  /** `undefined` if there is none any more. An answer that was lost is asked for again. */
  async #piece(url: string, mostTries: number): Promise<Piece | undefined> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      if (tries > 1) await later(AGAIN_MS);
      const response = await this.#ask(url, { headers: { accept: "application/json" } }).catch(() => undefined);
      if (response?.ok === true) {
        const piece = await response.json().catch(() => undefined);
        if (piece !== undefined) return piece as Piece;
      }
      if (response?.status === 404 || this.#controller.signal.aborted) break;
    }
    return undefined;
  }

  /** In order: what was posted is taken before more is. What may have been taken is not posted again. */
  async #postAll(): Promise<void> {
    this.#isPosting = true;
    while (this.#unsent.length > 0) {
      const frames = this.#next();
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: `[${frames.join()}]` };
      const response = await this.#ask(this.#address, init);
      await response.body?.cancel();
      if (response.status === 503) {
        await later(AGAIN_MS);
        continue;
      }
      if (!response.ok) throw new Error(`what was said is answered with ${response.status}`);
      this.#unsent.splice(0, frames.length);
      this.bufferedAmount -= frames.reduce((sum, frame) => sum + frame.length, 0);
    }
    this.#isPosting = false;
  }

  #next(): string[] {
    let letters = 0;
    const isOver = (frame: string, index: number) => index > 0 && (letters += frame.length) > MOST_POSTED_LETTERS;
    letters = this.#unsent[0]?.length ?? 0;
    const end = this.#unsent.slice(0, MOST_POSTED).findIndex(isOver);
    return this.#unsent.slice(0, end < 0 ? MOST_POSTED : end);
  }

  #ask(url: string, { headers, ...init }: RequestInit & { headers: Record<string, string> }): Promise<Response> {
    const send = this.#config.fetch ?? globalThis.fetch;
    const { signal } = this.#controller;
    return send(url, { ...init, signal, credentials: "include", headers: { ...this.#headers, ...headers } });
  }

  #hear(text: string): void {
    const post = (parseJson(text)?.value as { readonly post?: unknown } | undefined)?.post;
    if (typeof post === "string") this.#address = absolute(rooted(this.#config, post), "http").href;
    this.#tell("message", { data: text });
  }

  #lost(): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort();
    this.#tell("close", { code: 1006, reason: "" });
  }

  #tell(type: string, event: object): void {
    if (type === "message" && this.#controller.signal.aborted) return;
    for (const { listener } of this.#listeners.filter((known) => known.type === type)) listener(event as never);
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
