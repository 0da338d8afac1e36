// The NestJS app on Fastify: `node dist/main.js PORT`.
import 'reflect-metadata';
import compress from '@fastify/compress';
import { Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppController } from './controller.js';
import { thousandOperations } from './operations.js';

const variant = process.env.BENCH_APP;

@Module({ controllers: [AppController, ...(variant === 'operations' ? thousandOperations() : [])] })
class AppModule {}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter({ logger: false }), {
  logger: ['error', 'warn'],
});
app.useGlobalPipes(new ValidationPipe({ transform: true }));
if (variant === 'compression') {
  await app.register(compress, { threshold: 1024, encodings: ['gzip'], zlibOptions: { level: 6 } });
}
await app.listen(Number(process.argv[2]), '127.0.0.1');
