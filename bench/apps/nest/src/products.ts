import { randomUUID } from 'node:crypto';
import { IsInt, IsNumber, IsOptional, IsPositive, IsString, Length, Max, MaxLength, Min, MinLength } from 'class-validator';

export class NewProduct {
  @IsString()
  @Length(1, 100)
  name: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;

  @IsNumber({ maxDecimalPlaces: 2 })
  @IsPositive()
  @Max(1_000_000)
  price: number;

  @IsInt()
  @Min(0)
  stock: number;

  @IsString()
  @MinLength(1)
  category: string;
}

export interface Product {
  id: string;
  name: string;
  description: string | null;
  price: number;
  stock: number;
  category: string;
  created_at: string;
  updated_at: string;
}

export function create({ name, description = null, price, stock, category }: NewProduct): Product {
  const now = new Date().toISOString();
  return { id: randomUUID(), name, description, price, stock, category, created_at: now, updated_at: now };
}

export function catalogueProduct(number: number): Product {
  const epoch = new Date(0).toISOString();
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    name: `Desk lamp ${number}`,
    description: 'Warm light, with a dimmer',
    price: (3990 + number) / 100,
    stock: number,
    category: 'lamps',
    created_at: epoch,
    updated_at: epoch,
  };
}
