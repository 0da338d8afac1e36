// The types with their rules, for TypeBox.
import { t } from 'elysia';

// Two decimals are checked in the handler: for TypeBox's `multipleOf`, 39.9 is no multiple of 0.01.
const price = t.Number({ exclusiveMinimum: 0, maximum: 1_000_000 });
const text = (minLength, maxLength) => t.String({ minLength, maxLength });
const nullableText = (maxLength) => t.Optional(t.Nullable(t.String({ maxLength })));

const productFields = {
  name: text(1, 100),
  description: nullableText(500),
  price,
  stock: t.Integer({ minimum: 0 }),
  category: t.String({ minLength: 1 }),
};

export const NewProduct = t.Object(productFields);

const Address = t.Object({
  street: text(1, 200),
  city: text(1, 100),
  postal_code: text(1, 20),
  country: text(2, 2),
});

const OrderLine = t.Object({
  sku: text(1, 40),
  name: text(1, 100),
  quantity: t.Integer({ minimum: 1, maximum: 1000 }),
  price,
  tags: t.Array(text(1, 30), { maxItems: 10 }),
  note: nullableText(500),
});

export const NewOrder = t.Object({
  customer: t.Object({ name: text(1, 100), address: Address }),
  lines: t.Array(OrderLine, { minItems: 1, maxItems: 500 }),
});

export const Identified = t.Object({ id: t.Integer() });

export function hasTwoDecimals(price) {
  return Math.abs(price * 100 - Math.round(price * 100)) < 1e-6;
}
