import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { Flag } from '../../common/http/field.decorators.js';
import { PageOf, PeriodQuery } from '../../common/pagination/pagination.js';
import { SAVINGS_GROUPS, type SavingsGroup, type SavingsGroupRow } from './savings.repository.js';

/** `from` and `to` are of the evaluations. */
export class SavingsQuery extends PeriodQuery {
  @ApiPropertyOptional({ enum: SAVINGS_GROUPS, default: 'session' })
  @IsOptional()
  @IsIn(SAVINGS_GROUPS)
  group?: SavingsGroup;

  @ApiPropertyOptional({
    type: 'boolean',
    default: false,
    description: 'Of everybody in the organisation; needs `sandbox:cancel`.',
  })
  @IsOptional()
  @Flag()
  @IsBoolean()
  all?: boolean;
}

/** Sums over the last evaluation of each session (of each day, by day): a machine counts once, however often it was looked at. */
export class GroupedSavingsDto {
  @ApiProperty({ description: 'The id of the session, user or organisation, or the day in UTC.' })
  key!: string;

  @ApiProperty({ type: 'integer' })
  sessions!: number;

  @ApiProperty({ type: 'integer' })
  evaluations!: number;

  @ApiProperty({ example: '0.0384', description: 'US dollars an hour, exact.' })
  spot_price!: string;

  @ApiProperty({ example: '0.0960', description: 'US dollars an hour, exact.' })
  on_demand_price!: string;

  @ApiProperty({ example: '0.0576', description: 'On-demand less spot.' })
  hourly!: string;

  @ApiProperty({ example: '42.048', description: 'Of 730 hours.' })
  monthly!: string;

  @ApiProperty({ example: '60.00', description: 'Of the on-demand price.' })
  percent!: string;

  static of({
    key,
    sessions,
    evaluations,
    spot_price,
    on_demand_price,
    hourly,
    monthly,
    percent,
  }: SavingsGroupRow): GroupedSavingsDto {
    return { key, sessions, evaluations, spot_price, on_demand_price, hourly, monthly, percent };
  }
}

export class GroupedSavingsPageDto extends PageOf(GroupedSavingsDto) {}
