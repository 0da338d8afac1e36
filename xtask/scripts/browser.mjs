// Opens the documentation pages of the products app in headless Chromium, reads them, and uses them as a user would.
// Prints `ok NAME` or `not ok NAME: REASON` for each case; exits with 1 when one failed.
//
// Usage: node browser.mjs APP_URL TOKEN CHROMIUM SCREENSHOTS_FOLDER PROFILE_FOLDER

import { join } from "node:path";
import { chromium } from "playwright-core";

const [appUrl, token, executablePath, screenshots, profile] = process.argv.slice(2);

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

const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  args: FLAGS,
  viewport: { width: 1280, height: 900 },
});
context.setDefaultTimeout(20_000);
try {
  await checkSwagger(context);
  await checkRedoc(context);
} finally {
  await context.close();
}
process.exitCode = failed ? 1 : 0;
