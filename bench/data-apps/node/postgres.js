// pg: a pool, and statements with a name, which each connection prepares once.
import pg from 'pg';
import { bundle } from './products.js';

const READ = { name: 'read', text: 'select * from products where id = $1' };
const LIST = { name: 'list', text: 'select * from products where category = $1 order by id limit $2' };
const INSERT = {
  name: 'insert',
  text: `insert into products (name, description, price_cents, stock, category, created_at)
         values ($1, $2, $3, $4, $5, $6) returning *`,
};
const CHANGE = { name: 'change', text: 'update products set stock = stock + $1 where id = $2 returning *' };
const FOLLOW = { name: 'follow', text: 'select url from links where slug = $1' };
const CLICKS = {
  name: 'clicks',
  text: `update links set clicks = links.clicks + new.clicks, last_clicked_at = $3
         from unnest($1::text[], $2::bigint[]) as new (slug, clicks) where links.slug = new.slug`,
};

export function open(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 20, min: 20, idleTimeoutMillis: 0 });
  const rows = async (query, values) => (await pool.query({ ...query, values })).rows;
  const first = async (query, values) => (await rows(query, values))[0];
  return {
    product: (id) => first(READ, [id]),
    products: (category, limit) => rows(LIST, [category, limit]),
    // One after the other on one client: at once on many takes longer, since each is taken from the pool.
    bundle: async (seed) => {
      const client = await pool.connect();
      try {
        const products = [];
        for (const id of bundle(seed)) {
          products.push((await client.query({ ...READ, values: [id] })).rows[0]);
        }
        return products;
      } finally {
        client.release();
      }
    },
    insert: ({ name, description = null, price_cents, stock, category }) =>
      first(INSERT, [name, description, price_cents, stock, category, new Date()]),
    changeStock: (id, change) => first(CHANGE, [change, id]),
    beSlow: () => pool.query('select 1 from pg_sleep(2)'),
    url: async (slug) => (await first(FOLLOW, [slug]))?.url,
    writeClicks: (clicks) => rows(CLICKS, [[...clicks.keys()], [...clicks.values()], new Date()]),
  };
}
