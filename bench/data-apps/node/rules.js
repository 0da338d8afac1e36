// The types with their rules, for zod.
import { z } from 'zod';

export const NewProduct = z.object({
  name: z.string().min(1).max(100),
  description: z.string().max(500).nullish(),
  price_cents: z.int().min(1).max(100_000_000),
  stock: z.int().min(0).max(1_000_000_000),
  category: z.string().min(1).max(40),
});

export const StockChange = z.object({ change: z.int().min(-1000).max(1000) });

export const Filter = z.object({
  category: z.string(),
  limit: z.coerce.number().int().min(1).max(100).default(10),
});

export const Identified = z.object({ id: z.coerce.number().int() });

export const Seeded = z.object({ seed: z.coerce.number().int().min(0) });
