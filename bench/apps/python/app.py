"""The FastAPI app, served by uvicorn and by granian."""

import os
from collections import deque
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

Price = Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=2)]


class Greeting(BaseModel):
    message: str


class NewProduct(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    description: str | None = Field(default=None, max_length=500)
    price: Price
    stock: int = Field(ge=0)
    category: str = Field(min_length=1)


class Product(NewProduct):
    id: UUID
    created_at: datetime
    updated_at: datetime


class Address(BaseModel):
    street: str = Field(min_length=1, max_length=200)
    city: str = Field(min_length=1, max_length=100)
    postal_code: str = Field(min_length=1, max_length=20)
    country: str = Field(min_length=2, max_length=2)


class Customer(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    address: Address


class OrderLine(BaseModel):
    sku: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=100)
    quantity: int = Field(ge=1, le=1000)
    price: Price
    tags: list[Annotated[str, Field(min_length=1, max_length=30)]] = Field(max_length=10)
    note: str | None = Field(default=None, max_length=500)


class NewOrder(BaseModel):
    customer: Customer
    lines: list[OrderLine] = Field(min_length=1, max_length=500)


class OrderReceipt(BaseModel):
    id: UUID
    lines: int
    total: Decimal


class Answer(BaseModel):
    operation: int
    id: int


def create(new: NewProduct) -> Product:
    now = datetime.now(UTC)
    return Product(id=uuid4(), created_at=now, updated_at=now, **new.model_dump())


def catalogue_product(number: int) -> Product:
    epoch = datetime.fromtimestamp(0, UTC)
    return Product(
        id=UUID(f"00000000-0000-4000-8000-{number:012}"),
        name=f"Desk lamp {number}",
        description="Warm light, with a dimmer",
        price=Decimal(3990 + number).scaleb(-2),
        stock=number,
        category="lamps",
        created_at=epoch,
        updated_at=epoch,
    )


app = FastAPI()
products: deque[Product] = deque(maxlen=1000)
catalogue = [catalogue_product(number) for number in range(100)]


@app.get("/plaintext", response_class=PlainTextResponse)
async def plaintext() -> str:
    return "Hello, World!"


@app.get("/json")
async def json() -> Greeting:
    return Greeting(message="Hello, World!")


@app.post("/products", status_code=201)
async def create_product(new: NewProduct) -> Product:
    product = create(new)
    products.append(product)
    return product


@app.post("/orders", status_code=201)
async def create_order(order: NewOrder) -> OrderReceipt:
    total = sum((line.price * line.quantity for line in order.lines), Decimal(0))
    return OrderReceipt(id=uuid4(), lines=len(order.lines), total=total)


@app.get("/catalogue")
async def list_catalogue() -> list[Product]:
    return catalogue


def add_operation(operation: int) -> None:
    @app.get(f"/resources{operation:03}/items/{{id}}", name=f"resource_{operation:03}")
    async def answer(id: int) -> Answer:
        return Answer(operation=operation, id=id)


variant = os.environ.get("BENCH_APP")
if variant == "operations":
    for operation in range(1000):
        add_operation(operation)
if variant == "compression":
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)
