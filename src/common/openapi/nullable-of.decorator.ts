import type { Type } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';

/** A property that is a `Model` or null. */
export function NullableOf(Model: Type, description?: string): PropertyDecorator {
  return (target, property) => {
    ApiExtraModels(Model)(target.constructor);
    ApiProperty({
      oneOf: [{ $ref: getSchemaPath(Model) }, { type: 'null' }],
      ...(description === undefined ? {} : { description }),
    })(target, property);
  };
}
