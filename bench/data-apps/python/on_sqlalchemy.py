"""FastAPI with SQLAlchemy's ORM, on asyncpg."""

import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import ARRAY, BigInteger, DateTime, Integer, Text, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

import clicks
from products import NewProduct, Product, StockChange, bundle

# asyncpg's `sslmode` is an argument here, not a parameter of the URL.
url = os.environ["DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://").removesuffix("?sslmode=disable")
engine = create_async_engine(url, pool_size=20, max_overflow=0, connect_args={"ssl": False})
new_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class ProductRow(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    price_cents: Mapped[int] = mapped_column(Integer)
    stock: Mapped[int] = mapped_column(Integer)
    category: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LinkRow(Base):
    __tablename__ = "links"

    slug: Mapped[str] = mapped_column(Text, primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    clicks: Mapped[int] = mapped_column(BigInteger)


async def session() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(session)]


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with clicks.written_regularly(write_clicks):
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/products/{product_id}")
async def get_product(product_id: int, session: Session) -> Product:
    return found(await session.get(ProductRow, product_id))


@app.get("/products")
async def list_products(
    category: str, session: Session, limit: Annotated[int, Query(ge=1, le=100)] = 10
) -> list[Product]:
    statement = select(ProductRow).where(ProductRow.category == category).order_by(ProductRow.id).limit(limit)
    return [Product.model_validate(row) for row in await session.scalars(statement)]


@app.get("/bundles/{seed}")
async def get_bundle(seed: int, session: Session) -> list[Product]:
    # A session does one thing at a time.
    return [found(await session.get(ProductRow, product_id)) for product_id in bundle(seed)]


@app.post("/products", status_code=201)
async def create_product(new: NewProduct, session: Session) -> Product:
    row = ProductRow(**new.model_dump(), created_at=datetime.now(UTC))
    session.add(row)
    await session.commit()
    return Product.model_validate(row)


@app.post("/products/{product_id}/stock")
async def change_stock(product_id: int, asked: StockChange, session: Session) -> Product:
    statement = update(ProductRow).where(ProductRow.id == product_id).values(stock=ProductRow.stock + asked.change)
    row = await session.scalar(statement.returning(ProductRow))
    await session.commit()
    return found(row)


@app.get("/slow", status_code=204)
async def be_slow(session: Session) -> Response:
    await session.execute(text("select 1 from pg_sleep(2)"))
    return Response(status_code=204)


def found(row: ProductRow | None) -> Product:
    if row is None:
        raise HTTPException(status_code=404)
    return Product.model_validate(row)


WRITE_CLICKS = text(
    "update links set clicks = links.clicks + new.clicks, last_clicked_at = :now"
    " from unnest(:slugs, :counts) as new (slug, clicks) where links.slug = new.slug"
).bindparams(
    bindparam("slugs", type_=ARRAY(Text)),
    bindparam("counts", type_=ARRAY(BigInteger)),
    bindparam("now", type_=DateTime(timezone=True)),
)


async def write_clicks(counts: Counter[str]) -> None:
    async with engine.begin() as connection:
        values = {"slugs": list(counts.keys()), "counts": list(counts.values()), "now": datetime.now(UTC)}
        await connection.execute(WRITE_CLICKS, values)


if os.environ.get("BENCH_APP") == "shortener":

    @app.get("/{slug}")
    async def follow(slug: str, session: Session) -> RedirectResponse:
        url = await session.scalar(select(LinkRow.url).where(LinkRow.slug == slug))
        if url is None:
            raise HTTPException(status_code=404)
        clicks.counts[slug] += 1
        return RedirectResponse(url, status_code=307)
