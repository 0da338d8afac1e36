// The Elysia app: `bun app.js PORT`.
import { Elysia } from 'elysia';
import { Identified, NewOrder, NewProduct, hasTwoDecimals } from './schemas.js';
import { Shelf } from './shelf.js';

const products = new Shelf();
const catalogue = Array.from({ length: 100 }, (_, number) => catalogueProduct(number));

// As long as most of the others hold an idle connection. Bun's default is 10 s.
const app = new Elysia({ serve: { idleTimeout: 75 } })
  .get('/plaintext', () => 'Hello, World!')
  .get('/json', () => ({ message: 'Hello, World!' }))
  .post('/products', createProduct, { body: NewProduct })
  .post('/orders', createOrder, { body: NewOrder })
  .get('/catalogue', process.env.BENCH_APP === 'compression' ? compressedCatalogue : () => catalogue);

if (process.env.BENCH_APP === 'operations') {
  for (let operation = 0; operation < 1000; operation += 1) {
    const path = `/resources${String(operation).padStart(3, '0')}/items/:id`;
    app.get(path, ({ params }) => ({ operation, id: params.id }), { params: Identified });
  }
}

function createProduct({ body, status }) {
  if (!hasTwoDecimals(body.price)) {
    return status(422, { message: 'price has more than two decimals' });
  }
  const product = create(body);
  products.put(product);
  return status(201, product);
}

function createOrder({ body, status }) {
  if (!body.lines.every((line) => hasTwoDecimals(line.price))) {
    return status(422, { message: 'a price has more than two decimals' });
  }
  const cents = body.lines.reduce((sum, line) => sum + Math.round(line.price * 100) * line.quantity, 0);
  return status(201, { id: crypto.randomUUID(), lines: body.lines.length, total: cents / 100 });
}

// Elysia has no compression of its own.
function compressedCatalogue({ headers }) {
  if (!headers['accept-encoding']?.includes('gzip')) {
    return catalogue;
  }
  const body = Bun.gzipSync(JSON.stringify(catalogue), { level: 6 });
  return new Response(body, {
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', vary: 'accept-encoding' },
  });
}

function create({ name, description = null, price, stock, category }) {
  const now = new Date().toISOString();
  return { id: crypto.randomUUID(), name, description, price, stock, category, created_at: now, updated_at: now };
}

function catalogueProduct(number) {
  const epoch = new Date(0).toISOString();
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    name: `Desk lamp ${number}`,
    description: 'Warm light, with a dimmer',
    price: (3990 + number) / 100,
    stock: number,
    category: 'lamps',
    created_at: epoch,
    updated_at: epoch,
  };
}

app.listen({ hostname: '127.0.0.1', port: Number(process.argv[2]) });
