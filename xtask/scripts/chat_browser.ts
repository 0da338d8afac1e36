// Runs the cases of the chat's client in headless Chromium, as ES modules of the chat's own origin.
// Prints `ok NAME` or `not ok NAME: REASON` for each case; exits with 1 when one failed.
//
// Usage: node chat_browser.js CHAT_BINARY CHROMIUM PROFILE_FOLDER

import { join } from "node:path";
import { chromium } from "playwright-core";

import { ChatServer, type Order } from "./chat_server.js";

const [binary = "", executablePath = "", profile = ""] = process.argv.slice(2);
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"];

const server = await ChatServer.start(binary);
const context = await chromium.launchPersistentContext(profile, { executablePath, args: FLAGS, timeout: 60_000 });
try {
  const page = await context.newPage();
  // The server knows nothing of these files: they are put under its name before a request leaves.
  await page.route(`${server.baseUrl}/test/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    return route.fulfill({ path: join(import.meta.dirname, pathname.slice("/test/".length)) });
  });
  await page.exposeFunction("obey", (order: Order) => server.obey(order));
  await page.exposeFunction("say", (line: string) => {
    console.log(line.replace(/^(not )?ok /, "$&chat in Chromium: "));
    if (line.startsWith("not")) process.exitCode = 1;
  });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  // Of a page that did not come from it, Chromium lets none open a connection to this machine.
  await page.goto(`${server.baseUrl}/openapi.json`);
  await page.evaluate(async () => {
    const { obey, say } = globalThis as unknown as Record<"obey" | "say", (text: string) => Promise<void>>;
    const module = "/test/chat_cases.js";
    const { runCases } = (await import(module)) as typeof import("./chat_cases.js");
    await runCases({ baseUrl: "", obey }, (line) => void say(line));
  });
  if (errors.length > 0) process.exitCode = 1;
  console.log(errors.length === 0 ? "ok chat in Chromium: no error on the page" : `not ok chat in Chromium: ${errors.join()}`);
} finally {
  await context.close();
  await server.close();
}
