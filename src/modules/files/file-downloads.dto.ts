import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

export class DownloadQuery {
  @ApiPropertyOptional({
    enum: ['url', 'stream'],
    description:
      'A URL to the file, or its bytes; else a URL where the store itself gives one, the bytes where not.',
  })
  @IsOptional()
  @IsIn(['url', 'stream'])
  mode?: 'url' | 'stream';

  @ApiPropertyOptional({
    enum: ['attachment', 'inline'],
    default: 'attachment',
    description: 'Whether a browser shows it; only of types that can not run anything.',
  })
  @IsOptional()
  @IsIn(['attachment', 'inline'])
  disposition: 'attachment' | 'inline' = 'attachment';
}

export class DownloadUrlDto {
  @ApiProperty({ format: 'uri' })
  download_url!: string;

  @ApiProperty({ type: 'integer', example: 3600 })
  expires_in_seconds!: number;
}
