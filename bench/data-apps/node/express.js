// The Express app: `node express.js PORT`. `BENCH_APP=shortener` sends on who follows a link.
import express from 'express';
import * as clicks from './clicks.js';
import { Filter, Identified, NewProduct, Seeded, StockChange } from './rules.js';
import { store } from './store.js';

const app = express();

if (process.env.BENCH_APP === 'shortener') {
  addLinks();
} else {
  app.use(express.json());
  addProducts();
}

function addProducts() {
  app.get('/products/:id', validated('params', Identified), async (request, response) => {
    answer(response, await store.product(response.locals.params.id));
  });

  app.get('/products', validated('query', Filter), async (request, response) => {
    const { category, limit } = response.locals.query;
    response.json(await store.products(category, limit));
  });

  app.get('/bundles/:seed', validated('params', Seeded), async (request, response) => {
    response.json(await store.bundle(response.locals.params.seed));
  });

  app.post('/products', validated('body', NewProduct), async (request, response) => {
    response.status(201).json(await store.insert(response.locals.body));
  });

  app.post(
    '/products/:id/stock',
    validated('params', Identified),
    validated('body', StockChange),
    async (request, response) => {
      const { params, body } = response.locals;
      answer(response, await store.changeStock(params.id, body.change));
    },
  );

  app.get('/slow', async (request, response) => {
    await store.beSlow();
    response.status(204).end();
  });
}

function addLinks() {
  clicks.writeRegularly();
  app.get('/:slug', async (request, response) => {
    const { slug } = request.params;
    const url = await store.url(slug);
    if (url === undefined) {
      response.sendStatus(404);
      return;
    }
    clicks.count(slug);
    response.redirect(307, url);
  });
}

function validated(place, schema) {
  return (request, response, next) => {
    const result = schema.safeParse(request[place]);
    if (!result.success) {
      response.status(422).json({ issues: result.error.issues });
      return;
    }
    response.locals[place] = result.data;
    next();
  };
}

function answer(response, product) {
  if (product === undefined) {
    response.sendStatus(404);
    return;
  }
  response.json(product);
}

const server = app.listen(Number(process.argv[2]), '127.0.0.1');
// As long as most of the others hold an idle connection. Node's default is 5 s.
server.keepAliveTimeout = 75_000;
