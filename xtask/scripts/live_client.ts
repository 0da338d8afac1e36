// Uses the TypeScript client that `products client typescript` wrote, against the live app, as its user would.
// That it compiles with `tsc --strict` is half of the test: each narrowing below is one that the types must know.
// Prints `ok NAME` or `not ok NAME: REASON` for each case; exits with 1 when one failed.
//
// Usage: node live_client.js APP_URL TOKEN

import { createClient, type Client, type Product } from "./client/client.js";

const [baseUrl = "", token = ""] = process.argv.slice(2);
const client: Client = createClient({ baseUrl, auth: { api_token: token } });
const anonymous: Client = createClient({ baseUrl });

const newProduct = { name: "Tea", description: null, price: "4.50", stock: 3, category: "live-client" };
const nobody = "00000000-0000-7000-8000-000000000000";

/** Runs one case and prints how it went; the next one runs in any case. */
async function check(name: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
    console.log(`ok client: ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`not ok client: ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function expect(condition: boolean, what: unknown): asserts condition {
  if (!condition) throw new Error(JSON.stringify(what));
}

async function create(name: string): Promise<Product> {
  const answer = await client.createProduct({ body: { ...newProduct, name } });
  expect(answer.ok, answer);
  return answer.data;
}

await check("creates", async () => {
  const product = await create("Created");
  expect(product.name === "Created" && product.stock === 3 && product.description === null, product);
});

await check("gets what it created", async () => {
  const product = await create("Got");
  const answer = await client.getProduct({ path: { product_id: product.id } });
  expect(answer.ok && answer.data.name === "Got", answer);
});

await check("lists page by page, each product once", async () => {
  for (const name of ["First", "Second", "Third"]) await create(name);
  const seen = new Set<string>();
  let cursor: string | undefined;
  let pages = 0;
  do {
    const query = { category: newProduct.category, limit: 2, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await client.listProducts({ query });
    expect(answer.ok, answer);
    for (const product of answer.data.items) {
      expect(!seen.has(product.id), `${product.id} twice`);
      seen.add(product.id);
    }
    cursor = answer.data.next_cursor ?? undefined;
    pages += 1;
  } while (cursor !== undefined && pages < 100);
  expect(seen.size === 5 && pages === 3, { products: seen.size, pages });
});

await check("changes only what it names", async () => {
  const product = await create("Before");
  const answer = await client.updateProduct({ path: { product_id: product.id }, body: { name: "After" } });
  expect(answer.ok && answer.data.name === "After" && answer.data.stock === product.stock, answer);
});

await check("deletes", async () => {
  const product = await create("Deleted");
  const answer = await client.deleteProduct({ path: { product_id: product.id } });
  expect(answer.ok && answer.status === 204, answer);
  const gone = await client.getProduct({ path: { product_id: product.id } });
  expect(!gone.ok && gone.status === 404, gone);
});

await check("narrows a 404 to its problem", async () => {
  const answer = await client.getProduct({ path: { product_id: nobody } });
  expect(!answer.ok && answer.status === 404, answer);
  // `product_id` is a member of this problem only: reading it compiles because `status` has narrowed the type.
  expect(answer.problem.product_id === nobody, answer.problem);
});

await check("narrows a 422 to its issues", async () => {
  const answer = await client.createProduct({ body: { ...newProduct, name: "", stock: -1 } });
  expect(!answer.ok && answer.status === 422, answer);
  const pointers = answer.problem.errors.map((issue) => issue.pointer).sort();
  expect(pointers.join() === "/name,/stock", answer.problem);
});

await check("is refused without a token", async () => {
  const answer = await anonymous.createProduct({ body: newProduct });
  expect(!answer.ok && answer.status === 401, answer);
});
