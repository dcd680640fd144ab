import { ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from '../errors/problem.dto.js';

/** Documents an error answer of a route (RFC 9457 problem details). */
export function ApiProblem(status: number, description: string): ClassDecorator & MethodDecorator {
  return ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
  });
}
