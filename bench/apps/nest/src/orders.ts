import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsDefined,
  IsInt,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

export class Address {
  @IsString()
  @Length(1, 200)
  street: string;

  @IsString()
  @Length(1, 100)
  city: string;

  @IsString()
  @Length(1, 20)
  postal_code: string;

  @IsString()
  @Length(2, 2)
  country: string;
}

export class Customer {
  @IsString()
  @Length(1, 100)
  name: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => Address)
  address: Address;
}

export class OrderLine {
  @IsString()
  @Length(1, 40)
  sku: string;

  @IsString()
  @Length(1, 100)
  name: string;

  @IsInt()
  @Min(1)
  @Max(1000)
  quantity: number;

  @IsNumber({ maxDecimalPlaces: 2 })
  @IsPositive()
  @Max(1_000_000)
  price: number;

  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @Length(1, 30, { each: true })
  tags: string[];

  @IsOptional()
  @IsString()
  @MaxLength(500)
  note?: string | null;
}

export class NewOrder {
  @IsDefined()
  @ValidateNested()
  @Type(() => Customer)
  customer: Customer;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  lines: OrderLine[];
}
