import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../common/access/access.decorator.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { JobsDto } from './jobs.dto.js';
import { JobsService } from './jobs.service.js';

/** For whoever runs the server, who is told more than a probe. */
@ApiTags('Health')
@Controller('health/jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @Access('admin', 'any', { operators: true })
  @ApiOperation({ summary: 'Tell how each scheduled job fared last, and when it is due again' })
  @Returns(200, JobsDto)
  list(): Promise<JobsDto> {
    return this.jobs.list();
  }
}
