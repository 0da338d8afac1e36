// The Fastify app: `node fastify.js PORT`. `BENCH_APP=shortener` sends on who follows a link.
import Fastify from 'fastify';
import * as clicks from './clicks.js';
import * as schemas from './schemas.js';
import { store } from './store.js';

const app = Fastify({ logger: false });

if (process.env.BENCH_APP === 'shortener') {
  addLinks();
} else {
  addProducts();
}

function addProducts() {
  const one = { 200: schemas.product };
  const many = { 200: { type: 'array', items: schemas.product } };

  app.get('/products/:id', { schema: { params: schemas.identified, response: one } }, async (request, reply) =>
    orNotFound(await store.product(request.params.id), reply));

  app.get('/products', { schema: { querystring: schemas.filter, response: many } }, async (request) =>
    store.products(request.query.category, request.query.limit));

  app.get('/bundles/:seed', { schema: { params: schemas.seeded, response: many } }, async (request) =>
    store.bundle(request.params.seed));

  app.post(
    '/products',
    { schema: { body: schemas.newProduct, response: { 201: schemas.product } } },
    async (request, reply) => {
      reply.code(201);
      return store.insert(request.body);
    },
  );

  app.post(
    '/products/:id/stock',
    { schema: { params: schemas.identified, body: schemas.stockChange, response: one } },
    async (request, reply) =>
      orNotFound(await store.changeStock(request.params.id, request.body.change), reply),
  );

  app.get('/slow', async (request, reply) => {
    await store.beSlow();
    return reply.code(204).send();
  });
}

function addLinks() {
  clicks.writeRegularly();
  app.get('/:slug', async (request, reply) => {
    const { slug } = request.params;
    const url = await store.url(slug);
    if (url === undefined) {
      return reply.callNotFound();
    }
    clicks.count(slug);
    return reply.redirect(url, 307);
  });
}

function orNotFound(product, reply) {
  return product ?? reply.callNotFound();
}

await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
