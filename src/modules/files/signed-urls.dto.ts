import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

/** What makes an address a signed one. Nothing is required here: whatever is wrong with it is answered alike. */
export class SignatureQuery {
  @ApiPropertyOptional({ description: 'Until when it works, in seconds since 1970.', example: '1795219241' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  expires?: string;

  @ApiPropertyOptional({ description: 'Which key signed it.', example: '5f0e1c2a' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  key?: string;

  @ApiPropertyOptional({ description: 'HMAC-SHA-256 over verb, path, `expires` and `key`, in base64url.' })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  signature?: string;
}
