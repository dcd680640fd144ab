import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../../common/access/access.decorator.js';
import { ApiProblem } from '../../common/openapi/api-problem.decorator.js';
import { ReturnsText, ReturnsUnlimited } from '../../common/openapi/returns.decorator.js';
import { Unlimited } from '../../common/rate-limits/rate-limit.decorator.js';
import { HealthDto, ProbeDto } from './health.dto.js';
import { HealthService } from './health.service.js';
import { MetricsService } from './metrics.service.js';

/** For probes and scrapers: no credential, no rate limit. */
@ApiTags('Health')
@Public()
@Unlimited()
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly metrics: MetricsService,
  ) {}

  @Get('health')
  @ApiOperation({ summary: 'Report on every component; 503 when a hard dependency fails' })
  @ReturnsUnlimited([200, 503], HealthDto)
  async report(@Res({ passthrough: true }) response: Response): Promise<HealthDto> {
    return withStatus(response, await this.health.report());
  }

  @Get('health/live')
  @ApiOperation({ summary: 'Tell that the process can answer; touches no dependency' })
  @ReturnsUnlimited([200], ProbeDto)
  live(): ProbeDto {
    return this.health.live();
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Tell whether to send traffic here' })
  @ReturnsUnlimited([200], ProbeDto)
  @ApiProblem(503, 'Starting, draining or without the database.')
  ready(): Promise<ProbeDto> {
    return this.health.ready();
  }

  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'Read the metrics in Prometheus text format' })
  @ApiProduces('text/plain')
  @ReturnsText(200)
  @ApiProblem(401, 'METRICS_TOKEN is set and was not sent.')
  scrape(@Headers('authorization') authorization: string | undefined): Promise<string> {
    return this.metrics.scrape(authorization);
  }
}

function withStatus(response: Response, report: HealthDto): HealthDto {
  response.status(report.status === 'unhealthy' ? 503 : 200);
  return report;
}
