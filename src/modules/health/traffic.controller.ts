import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../common/access/access.decorator.js';
import { Traffic } from '../../common/http/traffic.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { TrafficDto, TrafficMinuteDto } from './traffic.dto.js';

/** For whoever runs the server and has no Prometheus to ask. */
@ApiTags('Health')
@Controller('health/traffic')
export class TrafficController {
  constructor(private readonly traffic: Traffic) {}

  @Get()
  @Access('admin', 'any', { operators: true })
  @ApiOperation({ summary: 'Tell how many calls this replica answered each minute of the last hour' })
  @Returns(200, TrafficDto)
  lately(): TrafficDto {
    return { items: this.traffic.lately().map((minute) => TrafficMinuteDto.of(minute)) };
  }
}
