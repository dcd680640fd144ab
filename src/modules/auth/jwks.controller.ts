import type { JsonWebKey } from 'node:crypto';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access/access.decorator.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { SigningKeys } from './signing-keys.js';

export class JwksDto {
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  keys!: JsonWebKey[];
}

@ApiTags('Sign-in')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('jwks.json')
  @Public()
  @ApiOperation({ summary: 'Read the public keys of access tokens (RFC 7517); empty under HS256' })
  @Returns(200, JwksDto)
  jwks(): JwksDto {
    return { keys: this.keys.jwks() };
  }
}
