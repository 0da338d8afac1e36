"""FastAPI with aiosqlite: one connection, which has a thread of its own."""

import json
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import aiosqlite
from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import RedirectResponse

import clicks
from products import NewProduct, Product, StockChange, bundle

db: aiosqlite.Connection


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    global db
    path = os.environ["DATABASE_URL"].removeprefix("sqlite://")
    # Without a level each statement is committed by itself.
    async with aiosqlite.connect(path, timeout=5, isolation_level=None) as db:
        db.row_factory = aiosqlite.Row
        for pragma in ["journal_mode = wal", "synchronous = full", "foreign_keys = on"]:
            await db.execute_fetchall(f"pragma {pragma}")
        async with clicks.written_regularly(write_clicks):
            yield


app = FastAPI(lifespan=lifespan)


@app.get("/products/{product_id}")
async def get_product(product_id: int) -> Product:
    return first(await db.execute_fetchall("select * from products where id = ?", (product_id,)))


@app.get("/products")
async def list_products(category: str, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> list[Product]:
    statement = "select * from products where category = ? order by id limit ?"
    return [Product(**row) for row in await db.execute_fetchall(statement, (category, limit))]


@app.get("/bundles/{seed}")
async def get_bundle(seed: int) -> list[Product]:
    read = "select * from products where id = ?"
    return [first(await db.execute_fetchall(read, (product_id,))) for product_id in bundle(seed)]


@app.post("/products", status_code=201)
async def create_product(new: NewProduct) -> Product:
    rows = await db.execute_fetchall(
        "insert into products (name, description, price_cents, stock, category, created_at)"
        " values (?, ?, ?, ?, ?, ?) returning *",
        (new.name, new.description, new.price_cents, new.stock, new.category, datetime.now(UTC).isoformat()),
    )
    return first(rows)


@app.post("/products/{product_id}/stock")
async def change_stock(product_id: int, asked: StockChange) -> Product:
    update = "update products set stock = stock + ? where id = ? returning *"
    return first(await db.execute_fetchall(update, (asked.change, product_id)))


def first(rows: Any) -> Product:
    for row in rows:
        return Product(**row)
    raise HTTPException(status_code=404)


async def write_clicks(counts: Counter[str]) -> None:
    await db.execute_fetchall(
        "update links set clicks = links.clicks + new.value, last_clicked_at = ?"
        " from json_each(?) as new where links.slug = new.key",
        (datetime.now(UTC).isoformat(), json.dumps(counts)),
    )


if os.environ.get("BENCH_APP") == "shortener":

    @app.get("/{slug}")
    async def follow(slug: str) -> RedirectResponse:
        rows = list(await db.execute_fetchall("select url from links where slug = ?", (slug,)))
        if not rows:
            raise HTTPException(status_code=404)
        clicks.counts[slug] += 1
        return RedirectResponse(rows[0]["url"], status_code=307)
