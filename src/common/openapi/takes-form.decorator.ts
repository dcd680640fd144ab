import { applyDecorators, SetMetadata, type Type } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';

/** The class that the fields of a route's form are checked against. */
export const FORM_FIELDS = Symbol('fields of a form');

/**
 * Declares that a route reads a form of the fields of `Fields` and then one file,
 * `file`, as it arrives (`readForm`). The handler checks the fields itself.
 */
export function TakesForm(Fields: Type): MethodDecorator {
  const file = { type: 'string', format: 'binary', description: 'After all other fields.' };
  return applyDecorators(
    SetMetadata(FORM_FIELDS, Fields),
    ApiExtraModels(Fields),
    ApiConsumes('multipart/form-data'),
    ApiBody({
      required: true,
      schema: {
        allOf: [
          { $ref: getSchemaPath(Fields) },
          { type: 'object', required: ['file'], properties: { file } },
        ],
      },
    }),
  );
}
