import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Header, Post } from '@nestjs/common';
import { NewOrder } from './orders.js';
import { NewProduct, catalogueProduct, create } from './products.js';
import type { Product } from './products.js';
import { Shelf } from './shelf.js';

@Controller()
export class AppController {
  readonly #products = new Shelf<Product>();
  readonly #catalogue = Array.from({ length: 100 }, (_, number) => catalogueProduct(number));

  @Get('plaintext')
  @Header('content-type', 'text/plain; charset=utf-8')
  plaintext() {
    return 'Hello, World!';
  }

  @Get('json')
  json() {
    return { message: 'Hello, World!' };
  }

  @Post('products')
  createProduct(@Body() body: NewProduct) {
    const product = create(body);
    this.#products.put(product);
    return product;
  }

  @Post('orders')
  createOrder(@Body() order: NewOrder) {
    const cents = order.lines.reduce((sum, line) => sum + Math.round(line.price * 100) * line.quantity, 0);
    return { id: randomUUID(), lines: order.lines.length, total: cents / 100 };
  }

  @Get('catalogue')
  catalogue() {
    return this.#catalogue;
  }
}
