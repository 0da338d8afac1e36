// A server of `shop.json` that answers what the client must cope with, honest and otherwise.

import { createServer } from "node:http";

const product = {
  id: "0b6c1e5e-0000-7000-8000-000000000000",
  name: "Lamp",
  description: null,
  price: "9.90",
  status: "live",
  created_at: "2026-11-20T00:00:00Z",
};

let openStreams = 0;

const problem = (name, title, status, more) => ({ type: `https://shop.example/problems/${name}`, title, status, ...more });

function send(response, status, mediaType, body) {
  response.writeHead(status, mediaType === null ? {} : { "content-type": mediaType });
  response.end(typeof body === "string" || body === undefined ? body : JSON.stringify(body));
}

const json = (response, status, body) => send(response, status, "application/json; charset=utf-8", body);
const refuse = (response, body) => send(response, body.status, "application/problem+json", body);

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Writes in small pieces, so that lines and characters are cut in the middle. */
async function dribble(response, mediaType, text, pieceLength) {
  response.writeHead(200, { "content-type": mediaType });
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += pieceLength) {
    response.write(bytes.subarray(start, start + pieceLength));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  response.end();
}

const getProduct = {
  found: (response) => json(response, 200, product),
  missing: (response) => refuse(response, problem("product-not-found", "No such product", 404, { product_id: "missing" })),
  broken: (response) => refuse(response, { type: "about:blank", title: "Broken", status: 503 }),
  teapot: (response) => refuse(response, { type: "about:blank", title: "Teapot", status: 418, leaves: 3 }),
  proxy: (response) => send(response, 404, "text/html", "<h1>nginx</h1>"),
  cut: (response) => json(response, 200, '{"id": "0b6c'),
};

const routes = {
  "GET /api/v1/products": (request, response, url) =>
    json(response, 200, {
      items: [product],
      next: JSON.stringify({ query: url.search, trace: request.headers["x-trace"], cookie: request.headers.cookie }),
    }),
  "POST /api/v1/products": async (request, response) => {
    if (request.headers.authorization !== "Bearer secret") {
      return refuse(response, { type: "about:blank", title: "Unauthorized", status: 401 });
    }
    const sent = JSON.parse(String(await bodyOf(request)));
    if (sent.name === "") {
      const errors = [{ loc: ["body", "name"], pointer: "/name", type: "string_too_short", msg: "too short" }];
      return refuse(response, problem("validation", "Invalid", 422, { errors }));
    }
    if (sent.name === "taken") return refuse(response, problem("name-taken", "Taken", 409, { name: "taken" }));
    return json(response, 201, { ...product, ...sent });
  },
  "DELETE /api/v1/products/found": (request, response) => {
    response.setHeader("x-sent", JSON.stringify([request.headers.authorization ?? null, request.headers["x-api-key"] ?? null]));
    send(response, 204, null);
  },
  "PUT /api/v1/products/found/image": async (request, response) => {
    const body = await bodyOf(request);
    const names = [...String(body).matchAll(/name="([^"]+)"(?:; filename="([^"]+)")?/g)];
    json(response, 200, { bytes: body.length, fields: names.map(([, name, file]) => `${name}:${file ?? ""}`) });
  },
  "GET /api/v1/products/found/image": (request, response) => send(response, 200, "image/png", "PNG"),
  "GET /api/v1/events": (request, response) => {
    const created = `\uFEFFid: 1\r\nevent: created\r\ndata: {"id": "é",\r\ndata: "name": "Lamp"}\r\n\r\n`;
    const deleted = `: a comment\revent:deleted\rdata:{"product_id":"7"}\rretry: 10\r\r`;
    return dribble(response, "text/event-stream", `${created}${deleted}data: {"never": "finished"}\n`, 1);
  },
  "GET /api/v1/ticks": (request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const timer = setInterval(() => response.write("data: tick\n\n"), 5);
    openStreams += 1;
    response.on("close", () => {
      clearInterval(timer);
      openStreams -= 1;
    });
  },
  "GET /api/v1/export": (request, response) => {
    const lines = [1, 2, 3].map((number) => JSON.stringify({ ...product, name: `Lamp ${number} ✓` }));
    return dribble(response, "application/jsonl", lines.join("\n"), 100);
  },
  "POST /api/v1/login": async (request, response) => {
    const form = String(await bodyOf(request));
    if (!form.includes("password=p%20%26")) return refuse(response, { type: "about:blank", title: "No", status: 401 });
    return json(response, 200, { name: form, role: request.headers["content-type"] });
  },
  "POST /api/v1/animals": async (request, response) => json(response, 200, JSON.parse(String(await bodyOf(request)))),
  "GET /health": (request, response) => send(response, 200, "text/plain", `${openStreams} open`),
};

async function answer(request, response) {
  const url = new URL(request.url, "http://localhost");
  const route = routes[`${request.method} ${url.pathname}`];
  const [, name] = /^\/api\/v1\/products\/([^/]+)$/.exec(url.pathname) ?? [];
  if (route !== undefined) return route(request, response, url);
  if (request.method === "GET" && getProduct[name] !== undefined) return getProduct[name](response);
  // Every other path never answers: only an abort ends the call.
  if (!url.pathname.startsWith("/slow/")) send(response, 500, "text/plain", `no route for ${request.method} ${request.url}`);
}

/** Starts on a free port; gives the base URL and what closes it. */
export async function start() {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => (server.closeAllConnections(), server.close());
  return { baseUrl: `http://127.0.0.1:${server.address().port}/`, close };
}
