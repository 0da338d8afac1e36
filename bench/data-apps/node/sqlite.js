// better-sqlite3: one connection, whose calls come back when the work is done.
import Database from 'better-sqlite3';
import { bundle } from './products.js';

export function open(url) {
  const db = new Database(url.replace('sqlite://', ''), { timeout: 5000 });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  // With an app of each kind there are the tables of one only.
  return process.env.BENCH_APP === 'shortener' ? links(db) : products(db);
}

function products(db) {
  const read = db.prepare('select * from products where id = ?');
  const list = db.prepare('select * from products where category = ? order by id limit ?');
  const insert = db.prepare(
    `insert into products (name, description, price_cents, stock, category, created_at)
     values (?, ?, ?, ?, ?, ?) returning *`,
  );
  const change = db.prepare('update products set stock = stock + ? where id = ? returning *');
  return {
    product: async (id) => read.get(id),
    products: async (category, limit) => list.all(category, limit),
    bundle: async (seed) => bundle(seed).map((id) => read.get(id)),
    insert: async ({ name, description = null, price_cents, stock, category }) =>
      insert.get(name, description, price_cents, stock, category, new Date().toISOString()),
    changeStock: async (id, by) => change.get(by, id),
    beSlow: async () => {
      throw new Error('SQLite has no statement that only waits');
    },
  };
}

function links(db) {
  const follow = db.prepare('select url from links where slug = ?').pluck();
  const write = db.prepare(
    `update links set clicks = links.clicks + new.value, last_clicked_at = ?
     from json_each(?) as new where links.slug = new.key`,
  );
  return {
    url: async (slug) => follow.get(slug),
    writeClicks: async (clicks) =>
      write.run(new Date().toISOString(), JSON.stringify(Object.fromEntries(clicks))),
  };
}
