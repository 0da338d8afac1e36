// Opens the documentation pages and the console of the products app, and the page of channels of the chat, in headless
// Chromium, reads them, and uses them as a user would.
// Prints `ok NAME` or `not ok NAME: REASON` for each case; exits with 1 when one failed.
//
// Usage: node browser.mjs APP_URL ADMIN_URL TOKEN CHAT_URL CHAT_ADMIN_URL CHROMIUM SCREENSHOTS_FOLDER PROFILE_FOLDER

import { join } from "node:path";
import { chromium } from "playwright-core";

const [appUrl, adminUrl, token, chatUrl, chatAdminUrl, executablePath, screenshots, profile] = process.argv.slice(2);

const OPERATIONS = [
  ["GET", "/api/v1/products"],
  ["POST", "/api/v1/products"],
  ["GET", "/api/v1/products/{product_id}"],
  ["PATCH", "/api/v1/products/{product_id}"],
  ["DELETE", "/api/v1/products/{product_id}"],
];

const NEW_PRODUCT = { name: "From the browser", description: null, price: 4.5, stock: 3, category: "food" };

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Whatever a page asks for elsewhere fails at once instead of leaving the machine.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

let failed = false;

/** Runs one case and prints how it went; the next one runs in any case. */
async function check(name, action) {
  try {
    await action();
    console.log(`ok ${name}`);
  } catch (error) {
    failed = true;
    console.log(`not ok ${name}: ${String(error?.message ?? error).replaceAll(/\u001b\[\d+m|\s+/g, " ").slice(0, 600)}`);
  }
}

function expect(condition, reason) {
  if (!condition) throw new Error(reason);
}

/** A page that notes every request that leaves this machine, and every error on its console. */
async function watchedPage(context) {
  const page = await context.newPage();
  const strangers = [];
  const errors = [];
  page.on("request", (request) => {
    if (!isLocal(request.url())) strangers.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  return { page, strangers, errors };
}

function isLocal(url) {
  const { protocol, hostname } = new URL(url);
  return ["data:", "blob:", "about:"].includes(protocol) || ["127.0.0.1", "localhost"].includes(hostname);
}

/** The two cases that hold for every page, after everything else was done on it. */
async function checkQuiet(name, { strangers, errors }) {
  await check(`${name}: no request leaves this machine`, () => expect(strangers.length === 0, strangers.join(", ")));
  await check(`${name}: nothing is wrong on the console`, () => expect(errors.length === 0, errors.join(" | ")));
}

function operation(page, method, path) {
  const rows = page.locator(".opblock");
  const methodIs = page.locator(".opblock-summary-method", { hasText: new RegExp(`^${method}$`) });
  // Swagger UI puts invisible spaces into long paths, so the path is compared by its attribute.
  const pathIs = page.locator(`.opblock-summary-path[data-path="${path}"]`);
  return rows.filter({ has: methodIs }).filter({ has: pathIs });
}

async function checkSwagger(context) {
  const watched = await watchedPage(context);
  const { page } = watched;
  await check("/docs opens", async () => {
    await page.goto(`${appUrl}/docs`);
    await page.locator(".opblock").first().waitFor();
  });
  await check("/docs lists the five operations and no other", async () => {
    for (const [method, path] of OPERATIONS) {
      expect((await operation(page, method, path).count()) === 1, `${method} ${path} is not there once`);
    }
    const count = await page.locator(".opblock").count();
    expect(count === OPERATIONS.length, `${count} operations instead of ${OPERATIONS.length}`);
  });
  await page.screenshot({ path: join(screenshots, "docs.png"), fullPage: true });
  await check("/docs: Try it out lists products", async () => {
    const { status, body } = await tryOut(operation(page, "GET", "/api/v1/products"));
    expect(status === "200", `status ${status}: ${body}`);
    JSON.parse(body);
  });
  await check("/docs: Authorize takes a token", () => authorize(page));
  await check("/docs: Try it out creates a product", async () => {
    const { status, body } = await tryOut(operation(page, "POST", "/api/v1/products"), JSON.stringify(NEW_PRODUCT));
    expect(status === "201", `status ${status}: ${body}`);
    expect(JSON.parse(body).name === NEW_PRODUCT.name, body);
  });
  await page.screenshot({ path: join(screenshots, "docs-tried.png"), fullPage: true });
  await checkQuiet("/docs", watched);
}

/** Opens an operation, executes it with `body`, and returns what the page shows as the server's answer. */
async function tryOut(block, body) {
  await block.locator(".opblock-summary-control").click();
  await block.getByRole("button", { name: "Try it out" }).click();
  if (body !== undefined) await block.locator("textarea.body-param__text").fill(body);
  await block.getByRole("button", { name: "Execute" }).click();
  const answer = block.locator(".live-responses-table .response").first();
  await answer.waitFor();
  return {
    status: (await answer.locator(".response-col_status").innerText()).trim().split(/\s/)[0],
    body: await answer.locator(".highlight-code code, .microlight").first().innerText(),
  };
}

async function authorize(page) {
  await page.locator(".auth-wrapper > .authorize").click();
  const dialog = page.locator(".dialog-ux");
  await dialog.locator("input").first().fill(token);
  await dialog.locator("button.authorize").click();
  await dialog.getByText("Authorized", { exact: true }).waitFor();
  await dialog.locator("button.btn-done").click();
}

async function checkRedoc(context) {
  const watched = await watchedPage(context);
  const { page } = watched;
  await check("/redoc renders the title and every operation", async () => {
    await page.goto(`${appUrl}/redoc`);
    await page.locator("h1", { hasText: "Product Management API" }).waitFor();
    // Each operation is a section of the page, with its method and path in a bar that opens on a click.
    await page.locator('[id^="operation/"] h2').last().waitFor();
    const sections = await page.locator('[id^="operation/"]').count();
    expect(sections === OPERATIONS.length, `${sections} operations instead of ${OPERATIONS.length}`);
    const text = await page.locator("body").innerText();
    for (const [, path] of OPERATIONS) expect(text.includes(path), `${path} is not shown`);
  });
  await page.screenshot({ path: join(screenshots, "redoc.png") });
  await checkQuiet("/redoc", watched);
}

// The page of channels.

async function checkChannels(context) {
  const watched = await watchedPage(context);
  const { page } = watched;
  const room = page.locator("section", { has: page.locator("h2", { hasText: "/live/rooms/{room}" }) });
  const echo = page.locator("section", { has: page.locator("h2", { hasText: "/live/echo" }) });
  const received = (channel, text) => channel.locator('[data-way="received"]', { hasText: text });
  await check("/docs of the chat leads to its channels", async () => {
    await page.goto(`${chatUrl}/docs`);
    await page.getByRole("link", { name: "Channels" }).click();
    await page.locator("h1", { hasText: "Chat" }).waitFor();
    const names = await page.locator("section h2 code").allInnerTexts();
    expect(names.join() === "/live/rooms/{room},/live/echo", names.join());
  });
  await check("/docs/live shows what is said, as schemas and examples", async () => {
    const said = room.locator("details", { has: page.locator("summary", { hasText: "They say something" }) });
    await said.locator("summary").click();
    const [schema, example] = await said.locator("pre").allInnerTexts();
    expect(/text: string \(1 to 2000 characters\)/.test(schema), schema);
    expect(JSON.parse(example).data.type === "say", example);
  });
  await check("/docs/live connects to a room, sends, and shows what comes", async () => {
    await room.getByLabel("room path").fill("browser");
    await room.getByLabel("name query").fill("Ada");
    await room.getByRole("button", { name: "Connect" }).click();
    await room.getByRole("status").filter({ hasText: "Connected" }).waitFor();
    await received(room, '"present":').waitFor();
    await room.getByLabel("Message").selectOption("say");
    const frame = room.getByLabel("Frame, as it is sent");
    const prefilled = JSON.parse(await frame.inputValue());
    expect(prefilled.data.type === "say" && prefilled.id === 1, JSON.stringify(prefilled));
    await frame.fill(JSON.stringify({ data: { type: "say", text: "good <b>evening</b>" }, id: 1 }));
    await room.getByRole("button", { name: "Send" }).click();
    await received(room, "good <b>evening</b>").waitFor();
    await received(room, '{"re":1}').waitFor();
    expect(JSON.parse(await frame.inputValue()).id === 2, "the next frame has the same number");
    expect((await room.locator(".frames b").count()) === 0, "a message became markup");
  });
  await check("/docs/live shows what is wrong with a message", async () => {
    await room.getByLabel("Frame, as it is sent").fill('{"data":{"type":"say","text":""},"id":7}');
    await room.getByRole("button", { name: "Send" }).click();
    await received(room, "string_too_short").waitFor();
  });
  await screenshotChannels(page);
  await check("/docs/live shows why a connection ends, and gets what was missed when it comes again", async () => {
    await room.getByRole("button", { name: "Disconnect" }).click();
    await room.locator(".frames", { hasText: "closed: 1000, by this page" }).waitFor();
    await room.getByRole("button", { name: "Connect" }).click();
    await received(room, '"recovered":true').first().waitFor();
    await room.getByRole("button", { name: "Disconnect" }).click();
  });
  await check("/docs/live sends text and bytes where there is no contract", async () => {
    await echo.getByRole("button", { name: "Connect" }).click();
    await echo.getByRole("status").filter({ hasText: "Connected" }).waitFor();
    await echo.getByLabel("Text", { exact: true }).fill("as it is");
    await echo.getByRole("button", { name: "Send" }).click();
    await received(echo, "as it is").waitFor();
    await echo.getByLabel("Message").selectOption("bytes");
    await echo.getByLabel("Bytes, in hexadecimal").fill("00 ff");
    await echo.getByRole("button", { name: "Send" }).click();
    await received(echo, "2 bytes: 00 ff").waitFor();
  });
  await checkQuiet("/docs/live", watched);
  await page.close();
}

/** The browser itself puts a refused channel on the console: no other page does. */
async function checkRefusedChannel(context) {
  const { page } = await watchedPage(context);
  const room = page.locator("section", { has: page.locator("h2", { hasText: "/live/rooms/{room}" }) });
  await check("/docs/live tells the problem that refuses a channel", async () => {
    await page.goto(`${chatUrl}/docs/live`);
    await room.getByLabel("room path").fill("NO");
    await room.getByRole("button", { name: "Connect" }).click();
    await room.locator('[data-way="bad"]', { hasText: "not opened: 422" }).waitFor();
    await room.locator('[data-way="bad"]', { hasText: "string_pattern_mismatch" }).waitFor();
  });
  await page.close();
}

async function screenshotChannels(page) {
  await check("/docs/live has no markup that reaches past a narrow page", () => checkWidths(page));
  for (const [width, height, colorScheme] of [[320, 800, "light"], [1280, 900, "light"], [1280, 900, "dark"]]) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(screenshots, `live-${width}-${colorScheme}.png`), fullPage: true });
  }
}

// The console.

const VIEWS = [
  "Response time",
  "Errors",
  "Throughput",
  "Load against capacity",
  "Uptime and workers",
  "Memory and pools",
  "Database time",
  "Live channels",
];

/** What the first numbers of the views are, as text. */
const number = (page, name) => page.locator(`[data-text="${name}"]`).first().innerText();

async function eventually(what, holds) {
  for (const end = Date.now() + 15_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (await holds()) return;
  }
  throw new Error(`never happened: ${what}`);
}

/** Asks `count` times for the list of products, and once for a product that is not there. */
async function load(count, url = appUrl) {
  for (let index = 0; index < count; index += 1) await fetch(`${url}/api/v1/products`);
  await fetch(`${url}/api/v1/products/00000000-0000-4000-8000-000000000000`);
}

async function checkConsole(context) {
  const watched = await watchedPage(context);
  const { page } = watched;
  await load(100);
  await check("the console opens and says that it is live", async () => {
    await page.goto(`${adminUrl}/`);
    await page.locator("#connection", { hasText: /^Live$/ }).waitFor();
    expect((await page.title()) === "Product Management API – Console", await page.title());
  });
  await check("the console has its views, and none of channels that are not there", async () => {
    const names = await page.locator("section > h2").evaluateAll((heads) => heads.map((head) => head.firstChild.textContent.trim()));
    expect(names.join() === VIEWS.join(), names.join());
    expect(!(await page.locator("#live").isVisible()), "channels are shown");
  });
  await check("the console's numbers are those of the load", async () => {
    await eventually("the table has the load", async () => /list_products/.test(await page.locator("#operations").innerText()));
    // What the page shows first may be from before the load.
    await eventually("the total has the load", async () => Number((await number(page, "total")).replaceAll(",", "")) >= 101);
    const [total, p95, uptime, memory] = await Promise.all(["total", "p95", "uptime", "resident"].map((name) => number(page, name)));
    expect(Number(total.replaceAll(",", "")) >= 101, `total: ${total}`);
    expect(/^[\d.,]+ m?s$/.test(p95), `p95: ${p95}`);
    expect(/ s$/.test(uptime) && /MiB$/.test(memory), `up ${uptime}, memory ${memory}`);
    const workers = await page.locator("#workers tbody tr").count();
    expect(workers >= 1, "no workers");
    const missed = page.locator("#operations tbody tr", { hasText: "get_product" }).locator("td").nth(4);
    await eventually("the 404 of get_product is counted", async () => Number(await missed.innerText()) >= 1);
  });
  await check("the console's numbers move by themselves", async () => {
    const before = await number(page, "total");
    await load(10);
    await eventually("the total moves", async () => (await number(page, "total")) !== before);
  });
  await check("the console's table is sorted from the keyboard", () => sortByKeyboard(page));
  await check("the console has no markup that reaches past a narrow page", () => checkWidths(page));
  await screenshotConsole(page);
  await check("/debug/routes and /debug/settings are tables", async () => {
    await page.goto(`${adminUrl}/debug/routes`);
    for (const [, path] of OPERATIONS) expect((await page.locator("tbody").innerText()).includes(path), `${path} is missing`);
    await page.goto(`${adminUrl}/debug/settings`);
    expect(/body\s+1 MiB/.test(await page.locator("tbody").innerText()), "the limit of bodies is missing");
  });
  await checkQuiet("the console", watched);
}

/** Reaches the head of a column with Tab alone, and turns the order around with Enter and Space. */
async function sortByKeyboard(page) {
  const head = page.locator("#operations th", { has: page.locator('button[data-key="operation"]') });
  const names = () => page.locator("#operations tbody th").evaluateAll((cells) => cells.map((cell) => cell.firstChild.textContent));
  const isFocused = () => head.locator("button").evaluate((button) => button === document.activeElement);
  await page.locator("body").press("Tab");
  for (let presses = 0; !(await isFocused()); presses += 1) {
    expect(presses < 20, "Tab never reaches the column's head");
    await page.keyboard.press("Tab");
  }
  const outline = await head.locator("button").evaluate((button) => getComputedStyle(button).outlineStyle);
  expect(outline !== "none", "the focus cannot be seen");
  for (const [key, order] of [["Enter", "ascending"], ["Space", "descending"]]) {
    await page.keyboard.press(key);
    const said = await head.getAttribute("aria-sort");
    expect(said === order, `aria-sort is ${said} after ${key}`);
    const found = await names();
    const sorted = [...found].sort();
    if (order === "descending") sorted.reverse();
    expect(found.length >= 2 && found.join() === sorted.join(), `${order}: ${found.join()}`);
    expect(await isFocused(), "the focus was lost");
  }
}

async function checkWidths(page) {
  for (const width of [320, 390, 768, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const past = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(past <= 0, `${past} pixels too wide at ${width}`);
  }
}

async function screenshotConsole(page, name = "console") {
  for (const [width, height] of [[390, 844], [1280, 900]]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(screenshots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await check(`${name}: it is dark for who wants it dark`, async () => {
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = ground.match(/\d+/g).map(Number).reduce((sum, part) => sum + part);
    expect(light < 120, `the ground is ${ground}`);
  });
}

// The console's channels.

/** Somebody in a room of the chat, who has said something; they are on a page of the chat's. */
async function somebody(page, name, room) {
  const person = await page.evaluateHandle((path) => {
    const socket = new WebSocket(new URL(path, location.href.replace("http", "ws")), "kovar.json");
    const person = { socket, frames: [], code: null };
    socket.addEventListener("message", ({ data }) => person.frames.push(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => (person.code = code));
    return person;
  }, `/live/rooms/${room}?name=${name}`);
  const frames = () => person.evaluate(({ frames }) => frames);
  await eventually(`${name} is there`, async () => (await frames()).some((frame) => frame.present));
  await person.evaluate(({ socket }) => socket.send(JSON.stringify({ data: { type: "say", text: "good evening" } })));
  return { session: (await frames())[0].session, frames, code: () => person.evaluate(({ code }) => code) };
}

async function checkConsoleOfChannels(context) {
  const watched = await watchedPage(context);
  const { page } = watched;
  const people = [];
  const theirs = await context.newPage();
  await theirs.goto(`${chatUrl}/docs/live`);
  for (const name of ["Ada", "Bob", "Eve"]) people.push(await somebody(theirs, name, "lamps"));
  for (let index = 0; index < 9; index += 1) people.push(await somebody(theirs, `P${index}`, `room-${index}`));
  await page.bringToFront();
  const [ada, bob] = people;
  const row = ({ session }) => page.locator("#live-connections tbody tr", { hasText: session });
  await check("the console shows connections of channels, and topics", async () => {
    await page.goto(`${chatAdminUrl}/`);
    await row(ada).waitFor();
    const cells = await row(ada).locator("th, td").allInnerTexts();
    expect(/\/live\/rooms\/\{room\}/.test(cells[0]) && cells[2] === "WebSocket", cells.join(" | "));
    expect(/^\d+ s$/.test(cells[3]), cells.join(" | "));
    expect(/^\d+ B$|KiB$/.test(cells[4]) && cells[5] === "0 B" && cells[6] === "3", cells.join(" | "));
    const topic = await page.locator("#live-topics tbody tr", { hasText: "rooms/lamps" }).locator("th, td").allInnerTexts();
    expect(topic[2] === "3" && topic[3] === "3", topic.join(" | "));
    expect(Number(await number(page, "live-open")) >= people.length, await number(page, "live-open"));
  });
  await check("the console of channels has no markup that reaches past a narrow page", () => checkWidths(page));
  await screenshotConsole(page, "console-live");
  await check("who says no to the question disconnects nobody", async () => {
    page.once("dialog", (dialog) => dialog.dismiss());
    await row(ada).getByRole("button", { name: "Disconnect" }).click();
    const before = await number(page, "total");
    await load(1, chatUrl);
    await eventually("another second passes", async () => (await number(page, "total")) !== before);
    expect((await row(ada).count()) === 1, "it is gone");
  });
  await check("the console disconnects whom the question names, and its client is told", async () => {
    let asked = "";
    page.once("dialog", (dialog) => {
      asked = dialog.message();
      return dialog.accept();
    });
    await row(ada).getByRole("button", { name: `Disconnect ${ada.session}` }).click();
    await page.locator('[data-text="live-said"]', { hasText: `${ada.session} was disconnected.` }).waitFor();
    expect(asked.includes(ada.session), asked);
    await eventually("its client knows", async () => (await ada.code()) === 4003);
    const last = JSON.stringify((await ada.frames()).at(-1));
    expect(last === '{"bye":{"code":4003}}', last);
    await eventually("its row is gone", async () => (await row(ada).count()) === 0);
    expect((await row(bob).count()) === 1, "another was disconnected");
  });
  await checkQuiet("the console of channels", watched);
  await check("a page of another origin disconnects nobody", async () => {
    const path = `${chatAdminUrl}/console/connections/${bob.session}/disconnect`;
    // The same machine at another port, by a page that has no policy of its own.
    await page.goto(`${chatUrl}/openapi.json`);
    await page.evaluate((url) => fetch(url, { method: "POST", mode: "no-cors" }), path);
    const answered = page.waitForResponse(path);
    await page.evaluate((action) => {
      const form = Object.assign(document.createElement("form"), { action, method: "post" });
      document.body.append(form);
      form.submit();
    }, path);
    expect((await answered).status() === 403, `answered with ${(await answered).status()}`);
    const { live } = await (await fetch(`${chatAdminUrl}/console/data`)).json();
    expect(live.connections.some(({ id }) => id === bob.session), "it is disconnected");
  });
  await theirs.close();
  await page.close();
}

/** What is received may be hostile: it is shown as what it is. And a connection that ends is opened again. */
async function checkHostileEvents(context) {
  const { page, strangers } = await watchedPage(context);
  const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const data = await (await fetch(`${adminUrl}/console/data`)).json();
  data.errors.last = [{ at: 1_700_000_000_000, status: 500, operation: hostile, request_id: hostile }];
  data.operations = [{ ...data.operations[0], operation: hostile, route: hostile, p95: null }];
  data.checks = [{ name: hostile, failure: hostile }];
  data.live = await (await fetch(`${chatAdminUrl}/console/data`)).json().then(({ live }) => live);
  data.live.connections = [
    { id: hostile, channel: hostile, caller: hostile, transport: hostile, since: 0, sent_bytes: 0, queued_bytes: 1, topics: 0 },
  ];
  data.live.busiest = [{ name: hostile, subscribers: 1, per_second: null, kept: 0 }];
  let answers = 0;
  await page.route("**/console/events", (route) => {
    answers += 1;
    if (answers === 2) return route.abort();
    return route.fulfill({ contentType: "text/event-stream", body: `data: ${JSON.stringify(data)}\n\n` });
  });
  await check("the console shows hostile names as text", async () => {
    await page.goto(`${adminUrl}/`);
    await page.locator("#last-errors .id", { hasText: hostile }).waitFor();
    for (const name of [".id", ".route", "td"]) {
      await page.locator(`#live-connections ${name}`, { hasText: hostile }).first().waitFor();
    }
    await page.locator("#live-topics th", { hasText: hostile }).waitFor();
    const made = await page.locator("main img, main script").count();
    expect(made === 0 && (await page.title()).endsWith("Console"), `${made} elements, title ${await page.title()}`);
  });
  await check("the console says that the connection is lost, and opens it again", async () => {
    await page.locator('[data-connection="lost"] #connection', { hasText: "Connection lost" }).waitFor();
    await eventually("it asks again", () => answers >= 3);
  });
  await check("hostile names: no request leaves this machine", () => expect(strangers.length === 0, strangers.join(", ")));
  await page.close();
}

const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  args: FLAGS,
  viewport: { width: 1280, height: 900 },
});
context.setDefaultTimeout(20_000);
try {
  await checkSwagger(context);
  await checkRedoc(context);
  await checkChannels(context);
  await checkRefusedChannel(context);
  await checkConsole(context);
  await checkConsoleOfChannels(context);
  await checkHostileEvents(context);
} finally {
  await context.close();
}
process.exitCode = failed ? 1 : 0;
