// The chat's page in two windows of headless Chromium: two people who talk.
// Prints `ok NAME` or `not ok NAME: REASON` for each case; exits with 1 when one failed.
//
// Usage: node chat_page.js CHAT_BINARY CHROMIUM SCREENSHOTS_FOLDER

import { join } from "node:path";
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";

import { ChatServer } from "./chat_server.js";

const [binary = "", executablePath = "", screenshots = ""] = process.argv.slice(2);
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"];
const PATIENCE_MS = 20_000;

/** Somebody at the page, with all that goes wrong there. */
interface Person {
  readonly name: string;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly errors: string[];
}

const server = await ChatServer.start(binary);

async function check(name: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
    console.log(`ok chat page: ${name}`);
  } catch (error) {
    process.exitCode = 1;
    const reason = error instanceof Error ? error.message : JSON.stringify(error);
    console.log(`not ok chat page: ${name}: ${reason.replaceAll(/\u001b\[\d+m|\s+/g, " ").slice(0, 600)}`);
  }
}

function expect(condition: boolean, what: unknown): asserts condition {
  if (!condition) throw new Error(JSON.stringify(what));
}

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !(await holds()); await pause(50)) expect(Date.now() < end, `never: ${what}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function arrive(browser: Browser, name: string, room: string): Promise<Person> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 760 } });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    // A connection that is lost is told there by the browser itself.
    const isLoss = /WebSocket connection|Failed to load resource: (net::|.*status of 426)/.test(message.text());
    if (message.type() === "error" && !isLoss) errors.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(server.baseUrl)) errors.push(`a request to ${request.url()}`);
  });
  await page.goto(server.baseUrl);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Room").fill(room);
  await page.getByRole("button", { name: "Enter" }).click();
  await isConnected(page);
  return { name, context, page, errors };
}

const status = (page: Page) => page.locator("#connection");
const draft = (page: Page) => page.getByRole("textbox", { name: "Message" });
const texts = (page: Page) => page.locator(".message .text").allInnerTexts();
const isConnected = (page: Page) => status(page).filter({ hasText: /^Connected$/ }).waitFor();

async function say({ page }: Person, text: string): Promise<void> {
  await draft(page).fill(text);
  await draft(page).press("Enter");
}

async function hears({ name, page }: Person, ...expected: string[]): Promise<void> {
  const are = async () => {
    await hurry(page);
    const isAllSent = (await page.locator(".unsent").count()) === 0;
    return isAllSent && JSON.stringify((await texts(page)).slice(-expected.length)) === JSON.stringify(expected);
  };
  await eventually(`${name} sees ${expected.join()}`, are);
}

/** Who was cut off often waits up to half a minute, unless the network is there again. */
function hurry(page: Page): Promise<boolean> {
  return page.evaluate(() => window.dispatchEvent(new Event("online")));
}

/** Lets a page believe that somebody looks elsewhere, or comes back. */
async function look({ page }: Person, isHere: boolean): Promise<void> {
  await page.evaluate((isHere) => {
    Document.prototype.hasFocus = () => isHere;
    window.dispatchEvent(new Event(isHere ? "focus" : "blur"));
  }, isHere);
}

async function messagesOf(room: string): Promise<string[]> {
  const answer = await fetch(`${server.baseUrl}/rooms/${room}/messages?limit=100`);
  const { items } = (await answer.json()) as { items: { text: string }[] };
  return items.map(({ text }) => text).reverse();
}

async function checkTalk(ada: Person, bob: Person): Promise<void> {
  await check("two people see each other", async () => {
    for (const [me, other] of [[ada, bob], [bob, ada]] as const) {
      await me.page.getByRole("complementary", { name: "Here now" }).getByText(other.name, { exact: true }).waitFor();
    }
  });
  await check("they talk", async () => {
    await say(ada, "Good evening");
    await say(bob, "Good evening, Ada");
    for (const person of [ada, bob]) await hears(person, "Good evening", "Good evening, Ada");
    const heard = await ada.page.locator("#heard").innerText();
    expect(heard === "Bob: Good evening, Ada", heard);
  });
  await check("they see who is typing, until that is said", async () => {
    await draft(bob.page).pressSequentially("It is");
    await ada.page.getByText("Bob is typing…").waitFor();
    await draft(bob.page).press("Enter");
    await hears(ada, "It is");
    expect((await ada.page.locator("#typing").innerText()) === "", "he is still typing");
  });
  await check("they see who has read what", async () => {
    await say(ada, "Has anybody read this?");
    await ada.page.locator(".message", { hasText: "Has anybody" }).getByText("Seen by Bob").waitFor();
    expect((await ada.page.getByText("Seen by Bob").count()) === 1, "the mark is at one message");
  });
  await check("what is said is text and no markup", async () => {
    await say(ada, '<img src=x onerror="document.title=1"> <b>bold</b>');
    await hears(bob, '<img src=x onerror="document.title=1"> <b>bold</b>');
    await ada.page.locator(".message", { hasText: "<b>bold" }).getByText("Seen by Bob").waitFor();
    expect((await bob.page.locator("main img, main b").count()) === 0, "a message became markup");
  });
}

async function checkUnread(ada: Person, bob: Person): Promise<void> {
  await check("who looks elsewhere is told how much is new, and where it begins", async () => {
    await look(bob, false);
    await say(ada, "Are you there?");
    await say(ada, "Bob?");
    await eventually("the title counts", async () => (await bob.page.title()) === "(2) lamps – Chat");
    await bob.page.getByRole("separator", { name: "2 new messages" }).waitFor();
    await pause(600);
    expect((await ada.page.locator(".message", { hasText: "Bob?" }).getByText("Seen by").count()) === 0, "read unseen");
    await look(bob, true);
    await ada.page.locator(".message", { hasText: "Bob?" }).getByText("Seen by Bob").waitFor();
    await eventually("the title counts no more", async () => (await bob.page.title()) === "lamps – Chat");
    expect((await bob.page.getByRole("separator").count()) === 1, "the line is gone before it was seen");
    await say(bob, "I am back");
    await hears(ada, "I am back");
    expect((await bob.page.getByRole("separator").count()) === 0, "the line stays");
  });
}

async function checkLosses(ada: Person, bob: Person): Promise<void> {
  await check("who reloads the page misses nothing", async () => {
    const before = await texts(bob.page);
    const reloading = bob.page.reload();
    for (const text of ["one", "two", "three"]) await say(ada, text);
    await reloading;
    await say(ada, "four");
    await hears(bob, ...before.slice(-5), "one", "two", "three", "four");
  });
  await check("what is said while the server is killed arrives once", async () => {
    await draft(ada.page).pressSequentially("Half a ");
    await server.obey("kill");
    await status(ada.page).filter({ hasText: "Connection lost" }).waitFor();
    await draft(ada.page).pressSequentially("sentence");
    await draft(ada.page).press("Enter");
    await ada.page.getByText("Sending…").waitFor();
    await server.obey("start");
    for (const person of [ada, bob]) await hears(person, "four", "Half a sentence");
  });
  await check("what was under way when the server was killed arrives once", async () => {
    for (let round = 0; round < 5; round += 1) {
      await say(bob, `round ${round}`);
      await server.obey("kill");
      await server.obey("start");
      for (const person of [ada, bob]) await hears(person, `round ${round}`);
    }
    const kept = await messagesOf("lamps");
    for (const person of [ada, bob]) {
      const shown = await texts(person.page);
      expect(JSON.stringify(shown) === JSON.stringify(kept), { name: person.name, shown, kept });
    }
    expect(new Set(kept).size === kept.length, kept);
  });
  await check("what nobody answered is sent again, and is one message", async () => {
    await server.obey("freeze Ada");
    await say(ada, "Through the ice");
    await pause(300);
    await server.obey("cut Ada");
    for (const person of [ada, bob]) await hears(person, "Through the ice");
    expect((await messagesOf("lamps")).filter((text) => text === "Through the ice").length === 1, "it is there twice");
  });
  await check("what was not sent survives a reload of the page", async () => {
    await server.obey("block Ada");
    await server.obey("cut Ada");
    await status(ada.page).filter({ hasText: "Connection lost" }).waitFor();
    await say(ada, "From before the reload");
    await server.obey("unblock Ada");
    await ada.page.reload();
    for (const person of [ada, bob]) await hears(person, "From before the reload");
  });
}

async function checkHistory(browser: Browser, ada: Person): Promise<void> {
  const eve = await arrive(browser, "Eve", "long");
  for (let n = 1; n <= 120; n += 1) await say(eve, `m${n}`);
  await hears(eve, "m120");
  await eve.context.close();
  await check("what was said long ago is loaded when it is asked for", async () => {
    const zoe = await arrive(browser, "Zoe", "long");
    await hears(zoe, "m120");
    expect((await texts(zoe.page)).length === 50, (await texts(zoe.page)).length);
    for (const count of [100, 120]) {
      await zoe.page.getByRole("button", { name: "Earlier messages" }).click();
      await eventually(`${count} messages`, async () => (await texts(zoe.page)).length === count);
    }
    expect((await zoe.page.getByRole("button", { name: "Earlier messages" }).count()) === 0, "there is nothing earlier");
    const expected = Array.from({ length: 120 }, (_, index) => `m${index + 1}`);
    expect(JSON.stringify(await texts(zoe.page)) === JSON.stringify(expected), await texts(zoe.page));
    await quiet(zoe);
    await zoe.context.close();
  });
  await check("a room has its own messages", async () => expect(!(await texts(ada.page)).includes("m1"), "m1"));
}

async function checkLooks(browser: Browser, ada: Person): Promise<void> {
  await check("the page can be used from the keyboard alone", async () => {
    const { page } = ada;
    await draft(page).focus();
    const reached = async (key: string, name: string) => {
      await page.keyboard.press(key);
      const focused = page.locator(":focus");
      const label = (await focused.getAttribute("aria-label")) ?? (await focused.innerText());
      expect(label === name, { key, label, name });
      expect((await focused.evaluate((element) => getComputedStyle(element).outlineStyle)) !== "none", "no focus is seen");
    };
    await reached("Tab", "Send");
    await page.keyboard.press("Shift+Tab");
    await reached("Shift+Tab", "Messages");
    await reached("Shift+Tab", "Leave");
    await draft(page).focus();
    await page.keyboard.type("line one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("line two");
    expect((await draft(page).inputValue()) === "line one\nline two", await draft(page).inputValue());
    await draft(page).fill("");
  });
  await check("nothing reaches past a narrow page", async () => {
    await say(ada, `https://example.com/${"long".repeat(60)}`);
    for (const width of [320, 390, 768, 1280]) {
      await ada.page.setViewportSize({ width, height: 760 });
      const past = await ada.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(past <= 0, `${past} pixels too wide at ${width}`);
    }
  });
  for (const [width, height, colorScheme] of [[390, 780, "light"], [390, 780, "dark"], [1100, 760, "light"], [1100, 760, "dark"]] as const) {
    await ada.page.setViewportSize({ width, height });
    await ada.page.emulateMedia({ colorScheme });
    await ada.page.screenshot({ path: join(screenshots, `chat-${width}-${colorScheme}.png`) });
  }
  const stranger = await browser.newContext({ viewport: { width: 900, height: 640 } });
  const page = await stranger.newPage();
  await page.goto(server.baseUrl);
  await page.screenshot({ path: join(screenshots, "chat-entrance.png") });
  await check("a name that is none, and a room that is none, are not taken", async () => {
    await page.getByLabel("Your name").fill("  ");
    await page.getByRole("button", { name: "Enter" }).click();
    await page.getByLabel("Your name").fill("Ada");
    await page.getByLabel("Room").fill("No room");
    await page.getByRole("button", { name: "Enter" }).click();
    expect(await page.locator("#chat").isHidden(), "the room was entered");
  });
  await stranger.close();
}

async function quiet({ name, errors }: Person): Promise<void> {
  await check(`nothing is wrong on the console of ${name}`, async () => expect(errors.length === 0, errors));
}

const browser = await chromium.launch({ executablePath, args: FLAGS, timeout: 60_000 });
try {
  const [ada, bob] = [await arrive(browser, "Ada", "lamps"), await arrive(browser, "Bob", "lamps")];
  await checkTalk(ada, bob);
  await checkUnread(ada, bob);
  await ada.page.screenshot({ path: join(screenshots, "chat-talk.png") });
  await checkLosses(ada, bob);
  await checkHistory(browser, ada);
  await checkLooks(browser, ada);
  for (const person of [ada, bob]) await quiet(person);
} finally {
  await browser.close();
  await server.close();
}
