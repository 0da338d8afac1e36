// The chat behind a proxy that can be told to misbehave, for whoever tests its client.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What a test can want of the server, of the connections of one name, or of the console: to disconnect a session. */
export type Order =
  | "kill" | "terminate" | "start"
  | `${"cut" | "block" | "unblock" | "freeze" | "disconnect"} ${string}`
  | `${"only requests" | "only short requests" | "anything"} ${string}`;

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** The beginning of the client's last request. */
  head: string;
}

export class ChatServer {
  readonly #binary: string;
  /** Where what is said is kept, however often the program is killed. */
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #port = 0;
  #console = "";
  readonly #lines = new Set<Line>();
  readonly #blocked = new Set<string>();
  /** What does not get through of those of a name. */
  readonly #refused = new Map<string, RegExp>();
  readonly #proxy = createServer((client) => this.#accept(client));

  private constructor(binary: string, folder: string) {
    [this.#binary, this.#folder] = [binary, folder];
  }

  static async start(binary: string): Promise<ChatServer> {
    const server = new ChatServer(binary, await mkdtemp(join(tmpdir(), "chat-")));
    server.#proxy.listen(0, "127.0.0.1");
    await once(server.#proxy, "listening");
    await server.#start();
    return server;
  }

  /** Where clients go: to the proxy. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`;
  }

  async obey(order: Order): Promise<void> {
    const name = order.split(" ").at(-1) ?? "";
    const lines = [...this.#lines].filter((line) => line.head.includes(`name=${name}`));
    if (order === "kill") await this.#end("SIGKILL");
    else if (order === "terminate") await this.#end("SIGTERM");
    else if (order === "start") await this.#start();
    else if (order.startsWith("cut ")) lines.forEach(cut);
    else if (order.startsWith("block ")) this.#blocked.add(name);
    else if (order.startsWith("unblock ")) this.#blocked.delete(name);
    else if (order.startsWith("freeze ")) lines.forEach(freeze);
    else if (order.startsWith("disconnect ")) await this.#disconnect(name);
    else if (order.startsWith("only requests ")) this.#refused.set(name, /^upgrade: websocket/im);
    else if (order.startsWith("only short requests ")) this.#refused.set(name, /^(upgrade: websocket|accept: text\/event-stream)/im);
    else if (order.startsWith("anything ")) this.#refused.delete(name);
  }

  async close(): Promise<void> {
    await this.#end("SIGKILL");
    this.#proxy.close();
    for (const line of this.#lines) cut(line);
    await rm(this.#folder, { recursive: true });
  }

  /** Starts the program, unless it is there. */
  async #start(): Promise<void> {
    if (this.#child !== undefined) return;
    const child = spawn(this.#binary, ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "2"], {
      cwd: this.#folder,
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#child = child;
    for await (const line of createInterface(child.stdout)) {
      this.#port = Number(/Listening at .*:(\d+)/.exec(line)?.[1] ?? this.#port);
      const console = /Console +(http:.*)/.exec(line)?.[1];
      if (console === undefined) continue;
      this.#console = console;
      // Nobody reads what else it prints.
      child.stdout.resume();
      return;
    }
    throw new Error(`${this.#binary} does not listen`);
  }

  async #disconnect(session: string): Promise<void> {
    const { status } = await fetch(`${this.#console}console/connections/${session}/disconnect`, { method: "POST" });
    if (status !== 204) throw new Error(`the console answers with ${status}`);
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.kill(signal);
    await once(child, "exit");
  }

  /** Of what goes through here, a request's head is one chunk. */
  #isRefused(head: string): boolean {
    return [...this.#refused].some(([name, what]) => head.includes(`name=${name}`) && what.test(head));
  }

  #accept(client: Socket): void {
    if (this.#child === undefined) return void client.destroy();
    const line: Line = { client, server: connect(this.#port, "127.0.0.1"), head: "" };
    this.#lines.add(line);
    client.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      if (/^[A-Z]+ \S+ HTTP/.test(text)) line.head = text;
      else if (line.head.length < 1000) line.head += text;
      if ([...this.#blocked].some((name) => line.head.includes(`name=${name}`))) return cut(line);
      if (this.#isRefused(text)) return void client.end("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n");
      line.server.write(chunk);
    });
    client.on("end", () => line.server.end());
    line.server.pipe(client);
    for (const socket of [client, line.server]) {
      socket.on("error", () => cut(line));
      socket.on("close", () => {
        cut(line);
        this.#lines.delete(line);
      });
    }
  }
}

function cut({ client, server }: Line): void {
  client.destroy();
  server.destroy();
}

/** From now on nothing gets through, and neither side is told. */
function freeze({ client, server }: Line): void {
  server.unpipe(client);
  client.removeAllListeners("data");
  client.pause();
  server.pause();
}
