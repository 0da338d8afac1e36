// The types with their rules, for zod.
import { z } from 'zod';

const price = z.number().positive().max(1_000_000).multipleOf(0.01);

export const NewProduct = z.object({
  name: z.string().min(1).max(100),
  description: z.string().max(500).nullish(),
  price,
  stock: z.int().min(0),
  category: z.string().min(1),
});

const Address = z.object({
  street: z.string().min(1).max(200),
  city: z.string().min(1).max(100),
  postal_code: z.string().min(1).max(20),
  country: z.string().length(2),
});

const OrderLine = z.object({
  sku: z.string().min(1).max(40),
  name: z.string().min(1).max(100),
  quantity: z.int().min(1).max(1000),
  price,
  tags: z.array(z.string().min(1).max(30)).max(10),
  note: z.string().max(500).nullish(),
});

export const NewOrder = z.object({
  customer: z.object({ name: z.string().min(1).max(100), address: Address }),
  lines: z.array(OrderLine).min(1).max(500),
});

export const Identified = z.object({ id: z.coerce.number().int() });
