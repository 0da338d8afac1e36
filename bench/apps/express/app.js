// The Express app: `node app.js PORT`.
import { randomUUID } from 'node:crypto';
import compression from 'compression';
import express from 'express';
import { Identified, NewOrder, NewProduct } from './schemas.js';
import { Shelf } from './shelf.js';

const app = express();
const products = new Shelf();
const catalogue = Array.from({ length: 100 }, (_, number) => catalogueProduct(number));

if (process.env.BENCH_APP === 'compression') {
  app.use(compression({ threshold: 1024, level: 6 }));
}
app.use(express.json());

app.get('/plaintext', (request, response) => {
  response.type('text/plain').send('Hello, World!');
});

app.get('/json', (request, response) => {
  response.json({ message: 'Hello, World!' });
});

app.post('/products', validated('body', NewProduct), (request, response) => {
  const product = create(response.locals.valid);
  products.put(product);
  response.status(201).json(product);
});

app.post('/orders', validated('body', NewOrder), (request, response) => {
  const order = response.locals.valid;
  const cents = order.lines.reduce((sum, line) => sum + Math.round(line.price * 100) * line.quantity, 0);
  response.status(201).json({ id: randomUUID(), lines: order.lines.length, total: cents / 100 });
});

app.get('/catalogue', (request, response) => {
  response.json(catalogue);
});

if (process.env.BENCH_APP === 'operations') {
  for (let operation = 0; operation < 1000; operation += 1) {
    const path = `/resources${String(operation).padStart(3, '0')}/items/:id`;
    app.get(path, validated('params', Identified), (request, response) => {
      response.json({ operation, id: response.locals.valid.id });
    });
  }
}

function validated(place, schema) {
  return (request, response, next) => {
    const result = schema.safeParse(request[place]);
    if (!result.success) {
      response.status(422).json({ issues: result.error.issues });
      return;
    }
    response.locals.valid = result.data;
    next();
  };
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

const server = app.listen(Number(process.argv[2]), '127.0.0.1');
// As long as most of the others hold an idle connection. Node's default is 5 s.
server.keepAliveTimeout = 75_000;
