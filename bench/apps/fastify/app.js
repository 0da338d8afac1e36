// The Fastify app: `node app.js PORT`.
import { randomUUID } from 'node:crypto';
import compress from '@fastify/compress';
import Fastify from 'fastify';
import * as schemas from './schemas.js';
import { Shelf } from './shelf.js';

// Without a precision, 39.9 would be no multiple of 0.01: neither has an exact double.
const app = Fastify({ logger: false, ajv: { customOptions: { multipleOfPrecision: 6 } } });
const products = new Shelf();
const catalogue = Array.from({ length: 100 }, (_, number) => catalogueProduct(number));

if (process.env.BENCH_APP === 'compression') {
  await app.register(compress, { threshold: 1024, encodings: ['gzip'], zlibOptions: { level: 6 } });
}

app.get('/plaintext', (request, reply) => {
  reply.type('text/plain; charset=utf-8').send('Hello, World!');
});

app.get('/json', { schema: { response: { 200: schemas.greeting } } }, async () => ({ message: 'Hello, World!' }));

app.post(
  '/products',
  { schema: { body: schemas.newProduct, response: { 201: schemas.product } } },
  async (request, reply) => {
    const product = create(request.body);
    products.put(product);
    reply.code(201);
    return product;
  },
);

app.post(
  '/orders',
  { schema: { body: schemas.newOrder, response: { 201: schemas.orderReceipt } } },
  async (request, reply) => {
    const order = request.body;
    const cents = order.lines.reduce((sum, line) => sum + Math.round(line.price * 100) * line.quantity, 0);
    reply.code(201);
    return { id: randomUUID(), lines: order.lines.length, total: cents / 100 };
  },
);

app.get(
  '/catalogue',
  { schema: { response: { 200: { type: 'array', items: schemas.product } } } },
  async () => catalogue,
);

if (process.env.BENCH_APP === 'operations') {
  for (let operation = 0; operation < 1000; operation += 1) {
    const path = `/resources${String(operation).padStart(3, '0')}/items/:id`;
    app.get(
      path,
      { schema: { params: schemas.identified, response: { 200: schemas.answer } } },
      async (request) => ({ operation, id: request.params.id }),
    );
  }
}

function create({ name, description = null, price, stock, category }) {
  const now = new Date().toISOString();
  return { id: randomUUID(), name, description, price, stock, category, created_at: now, updated_at: now };
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

await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
