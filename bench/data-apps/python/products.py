"""Products with their rules."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

PRODUCTS = 10_000
BUNDLE = 20


class NewProduct(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    description: str | None = Field(default=None, max_length=500)
    price_cents: int = Field(ge=1, le=100_000_000)
    stock: int = Field(ge=0, le=1_000_000_000)
    category: str = Field(min_length=1, max_length=40)


class Product(NewProduct):
    model_config = ConfigDict(from_attributes=True)

    id: int
    created_at: datetime


class StockChange(BaseModel):
    change: int = Field(ge=-1000, le=1000)


def bundle(seed: int) -> list[int]:
    """The products of a bundle."""
    return [(seed * 31 + place * 487) % PRODUCTS + 1 for place in range(BUNDLE)]
