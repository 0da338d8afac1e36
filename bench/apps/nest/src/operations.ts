import { Controller, Get, Param, ParseIntPipe } from '@nestjs/common';
import type { Type } from '@nestjs/common';

export function thousandOperations(): Type[] {
  return Array.from({ length: 1000 }, (_, operation) => controllerOf(operation));
}

function controllerOf(operation: number): Type {
  @Controller(`resources${String(operation).padStart(3, '0')}/items`)
  class OperationController {
    @Get(':id')
    answer(@Param('id', ParseIntPipe) id: number) {
      return { operation, id };
    }
  }
  return OperationController;
}
