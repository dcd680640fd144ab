import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ProblemDto } from '../errors/problem.dto.js';

const DESCRIPTION = `A self-hosted backend: identity, keys, files, sandboxes and audit behind one API.

Errors are problem details (RFC 9457) with a stable \`code\`. Lists take \`limit\` and \`cursor\`.
Every answer carries \`X-Request-Id\` and, where a rate limit applies, \`RateLimit-*\` headers.`;

/** Our own description of the API, made from the code: OpenAPI 3.1. */
export function openApiDocument(app: INestApplication, version: string, cookieName: string): OpenAPIObject {
  const shape = new DocumentBuilder()
    .setTitle('Cloudkeep')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .setOpenAPIVersion('3.1.0')
    .addServer('/')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'An access token, a `pat_…` or a `key_…`.',
    })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .addCookieAuth(cookieName, { type: 'apiKey', in: 'cookie' }, 'session')
    .build();
  const document = SwaggerModule.createDocument(app, shape, {
    extraModels: [ProblemDto],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  for (const item of Object.values(document.paths)) {
    // Said outright, so that a reader need not guess whether it was forgotten.
    for (const operation of Object.values(item) as { security?: object[] }[]) operation.security ??= [];
  }
  return document;
}
