"""FastAPI with asyncpg. asyncpg prepares statements itself, and keeps them for each connection."""

import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

import asyncpg
from fastapi import FastAPI, HTTPException, Query, Response
from fastapi.responses import RedirectResponse

import clicks
from products import NewProduct, Product, StockChange, bundle

pool: asyncpg.Pool


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    global pool
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=20, max_size=20) as pool:
        async with clicks.written_regularly(write_clicks):
            yield


app = FastAPI(lifespan=lifespan)


@app.get("/products/{product_id}")
async def get_product(product_id: int) -> Product:
    return found(await pool.fetchrow("select * from products where id = $1", product_id))


@app.get("/products")
async def list_products(category: str, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> list[Product]:
    rows = await pool.fetch("select * from products where category = $1 order by id limit $2", category, limit)
    return [Product(**row) for row in rows]


@app.get("/bundles/{seed}")
async def get_bundle(seed: int) -> list[Product]:
    # One after the other on one connection: at once on many takes longer, since each is reset when it is given back.
    async with pool.acquire() as connection:
        read = await connection.prepare("select * from products where id = $1")
        return [Product(**await read.fetchrow(product_id)) for product_id in bundle(seed)]


@app.post("/products", status_code=201)
async def create_product(new: NewProduct) -> Product:
    row = await pool.fetchrow(
        "insert into products (name, description, price_cents, stock, category, created_at)"
        " values ($1, $2, $3, $4, $5, $6) returning *",
        new.name,
        new.description,
        new.price_cents,
        new.stock,
        new.category,
        datetime.now(UTC),
    )
    return Product(**row)


@app.post("/products/{product_id}/stock")
async def change_stock(product_id: int, asked: StockChange) -> Product:
    update = "update products set stock = stock + $1 where id = $2 returning *"
    return found(await pool.fetchrow(update, asked.change, product_id))


@app.get("/slow", status_code=204)
async def be_slow() -> Response:
    await pool.execute("select 1 from pg_sleep(2)")
    return Response(status_code=204)


def found(row: asyncpg.Record | None) -> Product:
    if row is None:
        raise HTTPException(status_code=404)
    return Product(**row)


async def write_clicks(counts: Counter[str]) -> None:
    await pool.execute(
        "update links set clicks = links.clicks + new.clicks, last_clicked_at = $3"
        " from unnest($1::text[], $2::bigint[]) as new (slug, clicks) where links.slug = new.slug",
        list(counts.keys()),
        list(counts.values()),
        datetime.now(UTC),
    )


if os.environ.get("BENCH_APP") == "shortener":

    @app.get("/{slug}")
    async def follow(slug: str) -> RedirectResponse:
        url = await pool.fetchval("select url from links where slug = $1", slug)
        if url is None:
            raise HTTPException(status_code=404)
        clicks.counts[slug] += 1
        return RedirectResponse(url, status_code=307)
