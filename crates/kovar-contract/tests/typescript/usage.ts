// What the generated client of `shop.json` promises: to the compiler, and to a program that runs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";

import {
  type Client,
  type CreateProductResult,
  type GetProductResult,
  ProblemError,
  type PutProductImageInput,
  type ServerSentEvent,
  type UndeclaredProblem,
  createClient,
  orThrow,
} from "./client.js";
import type { Animal, Json, NewProduct, Product, ProductInput, StatusCounts, User } from "./types.js";

// ---- The types. A promise that breaks is an error of `tsc`. ----

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function promise<_Kept extends true>(): void {}

promise<Same<NewProduct["description"], string | null | undefined>>();
promise<Same<Product["status"], "draft" | "live">>();
promise<Same<Product["description"], string | null>>();
promise<Same<keyof ProductInput, "name" | "description" | "price" | "status" | "old_name">>();
promise<Same<keyof User, "name" | "role">>();
promise<Same<Awaited<ReturnType<Client["getProductImage"]>>["status"], 200 | "undeclared">>();

export const counts: StatusCounts = { draft: 1 };
export const tree: Json = { a: [1, null, { b: "c" }] };
export const upload: PutProductImageInput = {
  path: { product_id: "1" },
  body: new Blob(["PNG"]),
  contentType: "application/octet-stream",
};
// @ts-expect-error: the price is required.
export const withoutPrice: NewProduct = { name: "Lamp" };
// @ts-expect-error: only the server sets the id.
export const withId: ProductInput = { id: "1", name: "", description: null, price: "1", status: "live" };
export function rename(product: Product): void {
  product.name = "Lamp";
  // @ts-expect-error: the id is read-only.
  product.id = "1";
}

/** Every outcome has a case; a new one in the contract fails to compile here. */
export function describeGet(result: GetProductResult): string {
  switch (result.status) {
    case 200:
      promise<Same<typeof result.data, Product>>();
      return result.data.name;
    case 404:
      return `no ${result.problem.product_id}`;
    case "5XX":
      return result.problem.title;
    case "undeclared":
      promise<Same<typeof result.problem, UndeclaredProblem>>();
      return `${result.response.status}: ${result.problem.title}`;
    default:
      return result satisfies never;
  }
}

export function describeCreate(result: CreateProductResult): string {
  if (result.ok) return result.data.id;
  if (result.status !== 409) return result.problem.title;
  // One status, two problems: told apart by `type`.
  switch (result.problem.type) {
    case "https://shop.example/problems/name-taken":
      return `${result.problem.name} is taken`;
    case "https://shop.example/problems/category-closed":
      return `closed until ${result.problem.until}`;
    default:
      return result.problem satisfies never;
  }
}

export function describeAnimal(animal: Animal): string {
  return animal.kind === "cat" ? `${animal.lives} lives` : `good: ${animal.good}`;
}

export async function mistakes(client: Client): Promise<void> {
  // @ts-expect-error: the path parameter is required.
  await client.getProduct();
  // @ts-expect-error: there is no such parameter.
  await client.listProducts({ query: { colour: "red" } });
  // @ts-expect-error: the second media type must be named.
  await client.putProductImage({ path: { product_id: "1" }, body: new Blob([]) });
  const result = await client.getProduct({ path: { product_id: "1" } });
  // @ts-expect-error: data is there only when the call is known to have succeeded.
  result.data;
}

// ---- The program. ----

const baseUrl = process.env["BASE_URL"] ?? "";
const client = createClient({ baseUrl, auth: { bearer: async () => "secret" } });
const lamp: NewProduct = { name: "Lamp", price: 9.9, size: [1, 2], labels: { colour: "red" } };
const get = (product_id: string) => client.getProduct({ path: { product_id } });

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test("a success carries its data", async () => {
  const result = await get("found");
  assert(result.ok && result.status === 200);
  assert.equal(describeGet(result), "Lamp");
});

test("a declared problem is told by its status", async () => {
  assert.equal(describeGet(await get("missing")), "no missing");
});

test("a range of statuses is one outcome", async () => {
  const result = await get("broken");
  assert(result.status === "5XX");
  assert.equal(result.response.status, 503);
});

test("an undeclared status keeps its problem", async () => {
  const result = await get("teapot");
  assert(result.status === "undeclared" && !result.ok);
  assert.deepEqual(result.problem, { type: "about:blank", title: "Teapot", status: 418, leaves: 3 });
});

test("a proxy's page is not the problem that its status declares", async () => {
  const result = await get("proxy");
  assert(result.status === "undeclared");
  assert.deepEqual(result.problem, { type: "about:blank", title: "Not Found", status: 404, detail: "<h1>nginx</h1>" });
});

test("JSON that is cut is undeclared", async () => {
  const result = await get("cut");
  assert(result.status === "undeclared");
  assert.equal(result.problem.detail, '{"id": "0b6c');
});

test("a body goes out and a created thing comes back", async () => {
  const result = await client.createProduct({ body: lamp });
  assert(result.status === 201);
  assert.deepEqual(result.data.status, "live");
});

test("issues of a 422 are typed", async () => {
  const result = await client.createProduct({ body: { ...lamp, name: "" } });
  assert(result.status === 422);
  assert.deepEqual(result.problem.errors[0]?.loc, ["body", "name"]);
});

test("two problems of one status are told by their type", async () => {
  assert.equal(describeCreate(await client.createProduct({ body: { ...lamp, name: "taken" } })), "taken is taken");
});

test("without a token the answer is a 401, not an exception", async () => {
  const result = await createClient({ baseUrl, auth: { bearer: () => undefined } }).createProduct({ body: lamp });
  assert.equal(result.status, 401);
});

test("orThrow gives the data or throws the problem", async () => {
  assert.equal((await orThrow(get("found"))).name, "Lamp");
  await assert.rejects(orThrow(get("missing")), (error) => {
    assert(error instanceof ProblemError);
    assert.equal(error.message, "No such product");
    assert.equal(error.status, 404);
    return true;
  });
});

test("204 is undefined, and the credentials of the first complete alternative are sent", async () => {
  const deleteWith = async (auth: NonNullable<Parameters<typeof createClient>[0]["auth"]>) => {
    const result = await createClient({ baseUrl, auth }).deleteProduct({ path: { product_id: "found" } });
    assert(result.status === 204);
    assert.equal(result.data, undefined);
    return JSON.parse(result.response.headers.get("x-sent") ?? "");
  };
  const account = { username: "ä", password: "b:c" };
  assert.deepEqual(await deleteWith({}), [null, null]);
  assert.deepEqual(await deleteWith({ apiKey: "k" }), [null, null]);
  assert.deepEqual(await deleteWith({ apiKey: "k", account }), ["Basic w6Q6Yjpj", "k"]);
  assert.deepEqual(await deleteWith({ bearer: "t", apiKey: "k", account }), ["Bearer t", null]);
});

test("parameters are written in their styles, headers and cookies too", async () => {
  const page = await orThrow(
    client.listProducts(
      {
        query: {
          category: ["a&b", "ü"],
          limit: undefined,
          ids: [1, 2],
          filter: { price: { min: 1 }, tags: ["x", "y"] },
          near: [1.5, 2],
        },
        headers: { "X-Trace": "one" },
        cookies: { theme: "dark" },
      },
      { headers: { "x-more": "1" } },
    ),
  );
  const seen = JSON.parse(page.next ?? "");
  const filter = "filter%5Bprice%5D%5Bmin%5D=1&filter%5Btags%5D=x&filter%5Btags%5D=y";
  assert.equal(seen.query, `?category=a%26b&category=%C3%BC&ids=1,2&${filter}&near=%5B1.5%2C2%5D`);
  assert.deepEqual([seen.trace, seen.cookie], ["one", "theme=dark"]);
});

test("headers of a call win over those of the client, and those over the contract's", async () => {
  const fetchedWith: Headers[] = [];
  const spy = async (_: string, init: RequestInit) => {
    fetchedWith.push(new Headers(init.headers));
    return new Response("well", { headers: { "content-type": "text/plain" } });
  };
  const spied = createClient({ baseUrl: "", headers: { a: "client", b: "client" }, fetch: spy });
  assert.equal(await orThrow(spied.then_({}, { headers: { b: "call" } })), "well");
  const [headers] = fetchedWith;
  assert.deepEqual([headers?.get("accept"), headers?.get("a"), headers?.get("b")], ["text/plain", "client", "call"]);
});

test("no path parameter can name another operation", async () => {
  for (const product_id of ["", ".", ".."]) await assert.rejects(get(product_id), TypeError);
  const result = await get("../ticks?x=1#y");
  assert.equal(result.response.url, `${baseUrl}api/v1/products/..%2Fticks%3Fx%3D1%23y`);
});

test("multipart and binary bodies", async () => {
  const path = { product_id: "found" };
  const image = new File(["PNG"], "lamp.png");
  const form = await orThrow(client.putProductImage({ path, body: { image, caption: "A lamp", meta: { width: 1 } } }));
  assert.deepEqual(form.fields, ["image:lamp.png", "caption:", "meta:blob"]);
  const contentType = "application/octet-stream";
  const raw = await orThrow(client.putProductImage({ path, body: new Blob(["12345"]), contentType }));
  assert.equal(raw.bytes, 5);
  assert.equal(await (await orThrow(client.getProductImage({ path }))).text(), "PNG");
});

test("urlencoded bodies, and `default` as an outcome", async () => {
  const result = await client.login({ body: { username: "a b", password: "p &", scopes: ["x", "y"] } });
  assert(result.ok);
  assert.equal(result.data.name, "username=a%20b&password=p%20%26&scopes=x&scopes=y");
  assert.equal(result.data.role, "application/x-www-form-urlencoded");
  const refused = await client.login({ body: { username: "a", password: "wrong" } });
  assert(refused.status === "default");
  assert.equal(refused.problem.status, 401);
});

test("events arrive one by one, typed by their name, however they are cut", async () => {
  const events = await collect(await orThrow(client.watchProducts()));
  const [first, second] = events;
  assert(events.length === 2 && first?.event === "created" && second?.event === "deleted");
  assert.deepEqual([first.data.id, first.data.name, first.id], ["é", "Lamp", "1"]);
  assert.deepEqual([second.data.product_id, second.id], ["7", "1"]);
});

test("leaving an endless stream closes it", { timeout: 5000 }, async () => {
  const ticks: ServerSentEvent<string>[] = [];
  for await (const tick of await orThrow(client.ticks())) {
    ticks.push(tick);
    if (ticks.length === 3) break;
  }
  assert.deepEqual(ticks[0], { event: "message", data: "tick", id: "" });
  while ((await orThrow(client.then_())) !== "0 open") await setTimeout(5);
});

test("an abort ends a stream with an error", async () => {
  const controller = new AbortController();
  const ticks = await orThrow(client.ticks({}, { signal: controller.signal }));
  await assert.rejects(
    async () => {
      for await (const _ of ticks) controller.abort();
    },
    { name: "AbortError" },
  );
});

test("an abort ends a call with an error", async () => {
  const call = client.getSlowPath({ path: { path: ["a", "b/c"] } }, { signal: AbortSignal.timeout(20) });
  await assert.rejects(call, { name: "TimeoutError" });
});

test("a network failure is thrown", async () => {
  await assert.rejects(createClient({ baseUrl: "http://127.0.0.1:1" }).then_(), TypeError);
});

test("JSON Lines arrive one by one", async () => {
  const products = await collect(await orThrow(client.exportProducts()));
  assert.deepEqual(products.map((product) => product.name), ["Lamp 1 ✓", "Lamp 2 ✓", "Lamp 3 ✓"]);
});

test("unions of bodies pass through", async () => {
  const animals = await orThrow(client.postAnimals({ body: [{ kind: "cat", lives: 9 }, { kind: "dog", good: true }] }));
  assert(typeof animals !== "string");
  assert.deepEqual(animals.map(describeAnimal), ["9 lives", "good: true"]);
});
