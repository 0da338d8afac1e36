// The chat behind a proxy that can be told to misbehave, for whoever tests its client.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What a test can want of the server, or of the connections of one name. */
export type Order = "kill" | "terminate" | "start" | `${"cut" | "block" | "unblock" | "freeze"} ${string}`;

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** The beginning of what the client has sent. */
  head: string;
}

export class ChatServer {
  readonly #binary: string;
  /** Where what is said is kept, however often the program is killed. */
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #port = 0;
  readonly #lines = new Set<Line>();
  readonly #blocked = new Set<string>();
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
      const port = /Listening at .*:(\d+)/.exec(line)?.[1];
      if (port === undefined) continue;
      this.#port = Number(port);
      // Nobody reads what else it prints.
      child.stdout.resume();
      return;
    }
    throw new Error(`${this.#binary} does not listen`);
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.kill(signal);
    await once(child, "exit");
  }

  #accept(client: Socket): void {
    if (this.#child === undefined) return void client.destroy();
    const line: Line = { client, server: connect(this.#port, "127.0.0.1"), head: "" };
    this.#lines.add(line);
    client.on("data", (chunk: Buffer) => {
      if (line.head.length < 1000) line.head += chunk.toString("latin1");
      if ([...this.#blocked].some((name) => line.head.includes(`name=${name}`))) cut(line);
    });
    client.pipe(line.server).pipe(client);
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
  client.unpipe(server);
  server.unpipe(client);
  client.removeAllListeners("data");
  client.pause();
  server.pause();
}
