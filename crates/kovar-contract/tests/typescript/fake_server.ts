// A server of channels that says what a test tells it to: as much of WebSocket as text frames need, and the other ways.

import { createHash } from "node:crypto";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** A frame of Kovar's protocol. */
export type Frame = Record<string, unknown>;

/** What a request for a channel is answered with, in the place of a connection. */
export interface Refusal {
  readonly status: number;
  readonly problem?: object;
}

const TEXT = 1;
const CLOSE = 8;

export class FakeServer {
  /** If it is there, no connection is let in. */
  refusal: Refusal | undefined;
  /** What does not get through, though nothing is wrong with it. */
  readonly blocked = new Set<"webSocket" | "events">();
  /** The last request that was not for a connection. */
  asked: IncomingMessage | undefined;
  readonly #connections = new Inbox<Connection>();
  readonly #sockets = new Set<Duplex>();
  readonly #requests = new Inbox<Asked>();
  readonly #server = createServer((request, response) => {
    const { accept = "" } = request.headers;
    const isOther = accept === "text/event-stream" || accept === "application/json" || request.method === "POST";
    if (isOther && accept === "text/event-stream" && this.blocked.has("events")) return void request.socket.destroy();
    if (isOther && this.refusal === undefined) return void this.#take(request, response);
    this.asked = request;
    const { status, problem } = this.refusal ?? { status: 426, problem: { type: "/problems/upgrade-required", status: 426 } };
    response.writeHead(status, { "content-type": problem === undefined ? "text/html" : "application/problem+json" });
    response.end(JSON.stringify(problem));
  });

  static async start(): Promise<FakeServer> {
    const fake = new FakeServer();
    fake.#server.on("upgrade", (request: IncomingMessage, socket: Duplex) => fake.#upgraded(request, socket));
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The next connection, which knows its name already. */
  async next(): Promise<Connection> {
    const connection = await this.#connections.next();
    connection.say({ session: "0f" });
    return connection;
  }

  /** The next request that is part of a channel which is no WebSocket. */
  nextRequest(): Promise<Asked> {
    return this.#requests.next();
  }

  /** Whether somebody has come whom nobody has asked for. */
  get hasMore(): boolean {
    return this.#connections.hasMore;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => this.#requests.push(new Asked(request, response, body)));
  }

  #upgraded(request: IncomingMessage, socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
    if (this.blocked.has("webSocket")) return void socket.end("HTTP/1.1 400 No\r\ncontent-length: 0\r\n\r\n");
    if (this.refusal !== undefined) return void socket.end(`HTTP/1.1 ${this.refusal.status} No\r\ncontent-length: 0\r\n\r\n`);
    const accepted = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    const fields = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Protocol: kovar.json"];
    fields.push(`Sec-WebSocket-Accept: ${accepted.digest("base64")}`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.join("\r\n")}\r\n\r\n`);
    this.#connections.push(new Connection(request, socket));
  }
}

/** A request that waits to be answered. */
export class Asked {
  readonly request: IncomingMessage;
  readonly body: string;
  readonly #response: ServerResponse;
  isGone = false;

  constructor(request: IncomingMessage, response: ServerResponse, body: string) {
    this.request = request;
    this.body = body;
    this.#response = response;
    response.on("close", () => (this.isGone = true));
  }

  /** The path and the query. */
  get target(): string {
    return `${this.request.method} ${this.request.url}`;
  }

  answer(status: number, body?: object): void {
    this.#response.writeHead(status, { "content-type": "application/json" });
    this.#response.end(JSON.stringify(body));
  }

  /** Begins a stream of events, or goes on with it. */
  say(...frames: Frame[]): void {
    if (!this.#response.headersSent) this.#response.writeHead(200, { "content-type": "text/event-stream" });
    this.#response.write(frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join(""));
  }

  end(): void {
    this.#response.end();
  }

  /** Ends without a word. */
  cut(): void {
    this.request.socket.destroy();
  }
}

export class Connection {
  readonly request: IncomingMessage;
  /** Where the client was, as it says. */
  readonly at: Record<string, [epoch: string, offset: number]>;
  readonly #socket: Duplex;
  readonly #frames = new Inbox<Frame>();
  #read = Buffer.alloc(0);
  isClosed = false;

  constructor(request: IncomingMessage, socket: Duplex) {
    this.request = request;
    const at = new URL(request.url ?? "", "http://host").searchParams.get("at");
    this.at = JSON.parse(at === null ? "{}" : Buffer.from(at, "base64url").toString());
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("close", () => (this.isClosed = true));
  }

  say(frame: Frame): void {
    this.sayText(JSON.stringify(frame));
  }

  sayText(text: string): void {
    this.#write(TEXT, Buffer.from(text));
  }

  /** The next frame of the client. */
  next(): Promise<Frame> {
    return this.#frames.next();
  }

  close(code: number): void {
    this.#write(CLOSE, Buffer.from([code >> 8, code & 255]));
    this.#socket.end();
  }

  /** Ends without a word. */
  cut(): void {
    this.#socket.destroy();
  }

  #write(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const head = length < 126 ? [length] : [126, length >> 8, length & 255];
    this.#socket.write(Buffer.concat([Buffer.from([128 | opcode, ...head]), payload]));
  }

  #take(chunk: Buffer): void {
    this.#read = Buffer.concat([this.#read, chunk]);
    for (let frame = this.#frame(); frame !== undefined; frame = this.#frame()) {
      if (frame.opcode === TEXT) this.#frames.push(JSON.parse(frame.payload.toString()) as Frame);
      if (frame.opcode === CLOSE) this.#socket.end();
    }
  }

  /** Takes a frame off what was read, once it is there. */
  #frame(): { opcode: number; payload: Buffer } | undefined {
    if (this.#read.length < 2) return undefined;
    const short = (this.#read[1] ?? 0) & 127;
    const start = short < 126 ? 6 : short === 126 ? 8 : 14;
    if (this.#read.length < start) return undefined;
    const length = short < 126 ? short : short === 126 ? this.#read.readUInt16BE(2) : Number(this.#read.readBigUInt64BE(2));
    if (this.#read.length < start + length) return undefined;
    const mask = this.#read.subarray(start - 4, start);
    const payload = this.#read.subarray(start, start + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    const opcode = (this.#read[0] ?? 0) & 15;
    this.#read = this.#read.subarray(start + length);
    return { opcode, payload: Buffer.from(payload) };
  }
}

/** What has come and waits to be asked for, or is asked for and has not come. */
class Inbox<Item> {
  readonly #items: Item[] = [];
  readonly #askers: ((item: Item) => void)[] = [];

  push(item: Item): void {
    const asker = this.#askers.shift();
    if (asker === undefined) this.#items.push(item);
    else asker(item);
  }

  next(): Promise<Item> {
    const item = this.#items.shift();
    return item === undefined ? new Promise((resolve) => this.#askers.push(resolve)) : Promise.resolve(item);
  }

  get hasMore(): boolean {
    return this.#items.length > 0;
  }
}
