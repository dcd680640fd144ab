import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { CompareQuery, ComparisonDto, PerformanceDto, PerformanceQuery } from './lab-performance.dto.js';
import { LabPerformanceService } from './lab-performance.service.js';

@ApiTags('Lab')
@Controller('lab')
export class LabPerformanceController {
  constructor(private readonly performance: LabPerformanceService) {}

  @Get('models/:id/performance')
  @Access('lab:read')
  @ApiOperation({ summary: 'Read how right a model was in the last 90 days' })
  @Returns(200, PerformanceDto, [400, 404])
  of(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PerformanceQuery,
  ): Promise<PerformanceDto> {
    return this.performance.of(actor, id, query);
  }

  @Get('comparisons')
  @Access('lab:read')
  @ApiOperation({
    summary: 'Compare two models over the experiments that both judged, as champion and challenger',
  })
  @Returns(200, ComparisonDto, [400, 404])
  compare(@CurrentActor() actor: Actor, @Query() query: CompareQuery): Promise<ComparisonDto> {
    return this.performance.compare(actor, query);
  }
}
