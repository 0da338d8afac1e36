// The types with their rules, as JSON Schema: Fastify compiles them to validators and serializers.
const text = (minLength, maxLength) => ({ type: 'string', minLength, maxLength });
const nullableText = (maxLength) => ({ type: 'string', nullable: true, maxLength });
const price = { type: 'number', exclusiveMinimum: 0, maximum: 1_000_000, multipleOf: 0.01 };

const productFields = {
  name: text(1, 100),
  description: nullableText(500),
  price,
  stock: { type: 'integer', minimum: 0 },
  category: { type: 'string', minLength: 1 },
};

export const newProduct = {
  type: 'object',
  required: ['name', 'price', 'stock', 'category'],
  properties: productFields,
};

export const product = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    ...productFields,
    created_at: { type: 'string' },
    updated_at: { type: 'string' },
  },
};

const address = {
  type: 'object',
  required: ['street', 'city', 'postal_code', 'country'],
  properties: { street: text(1, 200), city: text(1, 100), postal_code: text(1, 20), country: text(2, 2) },
};

const customer = {
  type: 'object',
  required: ['name', 'address'],
  properties: { name: text(1, 100), address },
};

const orderLine = {
  type: 'object',
  required: ['sku', 'name', 'quantity', 'price', 'tags'],
  properties: {
    sku: text(1, 40),
    name: text(1, 100),
    quantity: { type: 'integer', minimum: 1, maximum: 1000 },
    price,
    tags: { type: 'array', maxItems: 10, items: text(1, 30) },
    note: nullableText(500),
  },
};

export const newOrder = {
  type: 'object',
  required: ['customer', 'lines'],
  properties: { customer, lines: { type: 'array', minItems: 1, maxItems: 500, items: orderLine } },
};

export const orderReceipt = {
  type: 'object',
  properties: { id: { type: 'string' }, lines: { type: 'integer' }, total: { type: 'number' } },
};

export const greeting = { type: 'object', properties: { message: { type: 'string' } } };

export const identified = { type: 'object', properties: { id: { type: 'integer' } } };

export const answer = {
  type: 'object',
  properties: { operation: { type: 'integer' }, id: { type: 'integer' } },
};
