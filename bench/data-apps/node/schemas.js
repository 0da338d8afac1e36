// The types with their rules, as JSON Schema: Fastify compiles them to validators and serializers.
const text = (minLength, maxLength) => ({ type: 'string', minLength, maxLength });
const integer = (minimum, maximum) => ({ type: 'integer', minimum, maximum });

const productFields = {
  name: text(1, 100),
  description: { type: 'string', nullable: true, maxLength: 500 },
  price_cents: integer(1, 100_000_000),
  stock: integer(0, 1_000_000_000),
  category: text(1, 40),
};

export const newProduct = {
  type: 'object',
  required: ['name', 'price_cents', 'stock', 'category'],
  properties: productFields,
};

export const product = {
  type: 'object',
  properties: { id: { type: 'integer' }, ...productFields, created_at: { type: 'string', format: 'date-time' } },
};

export const stockChange = {
  type: 'object',
  required: ['change'],
  properties: { change: integer(-1000, 1000) },
};

export const filter = {
  type: 'object',
  required: ['category'],
  properties: { category: { type: 'string' }, limit: { ...integer(1, 100), default: 10 } },
};

export const identified = { type: 'object', properties: { id: { type: 'integer' } } };

export const seeded = { type: 'object', properties: { seed: integer(0, 4_294_967_295) } };
