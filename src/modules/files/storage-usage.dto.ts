import { ApiProperty } from '@nestjs/swagger';
import type { Usage } from './storage-quota.js';

export class UsageDto {
  @ApiProperty({
    type: 'integer',
    example: 73_400_320,
    description: 'With all versions, and what is in the trash.',
  })
  used_bytes!: number;

  @ApiProperty({ type: 'integer', example: 42, description: 'Those in the trash too.' })
  file_count!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null for no limit.' })
  quota_bytes!: number | null;

  static of({ usedBytes, fileCount, quotaBytes }: Usage): UsageDto {
    return { used_bytes: usedBytes, file_count: fileCount, quota_bytes: quotaBytes };
  }
}

export class StorageUsageDto {
  @ApiProperty({ description: 'What the caller keeps.' })
  user!: UsageDto;

  @ApiProperty({ description: 'What all of the organisation keep.' })
  organization!: UsageDto;

  static of(usage: { user: Usage; organization: Usage }): StorageUsageDto {
    return { user: UsageDto.of(usage.user), organization: UsageDto.of(usage.organization) };
  }
}
