import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { MayBeAbsent } from '../../common/http/field.decorators.js';
import { PageOf, PageQuery } from '../../common/pagination/pagination.js';
import { InstanceId } from './instance-id.dto.js';
import type { AssignmentRow } from './lab-assignments.repository.js';
import type { AssignmentRole } from './lab.events.js';
import { ModelNameDto } from './lab-models.dto.js';

const ROLES = ['champion', 'challenger'] as const satisfies readonly AssignmentRole[];
const ROLE = {
  enum: ROLES,
  description: 'The champion decides. A challenger’s prediction is recorded beside, to compare them.',
};

export class AssignModelDto {
  @InstanceId()
  instance_id!: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  model_id!: string;

  @ApiPropertyOptional({ ...ROLE, default: 'champion' })
  @MayBeAbsent()
  @IsIn(ROLES)
  role: AssignmentRole = 'champion';
}

export class UnassignQuery {
  @ApiPropertyOptional({ ...ROLE, default: 'champion' })
  @IsOptional()
  @IsIn(ROLES)
  role: AssignmentRole = 'champion';
}

export class ListAssignmentsQuery extends PageQuery {
  @ApiPropertyOptional(ROLE)
  @IsOptional()
  @IsIn(ROLES)
  role?: AssignmentRole;
}

export class AssignmentDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'i-0abc1234def567890' })
  instance_id!: string;

  @ApiProperty(ROLE)
  role!: AssignmentRole;

  @ApiProperty()
  model!: ModelNameDto;

  @ApiProperty({ format: 'date-time', description: 'Since when it is in force.' })
  assigned_at!: string;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true })
  assigned_by!: string | null;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Until when it was; null while it is.',
  })
  ended_at!: string | null;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true })
  ended_by!: string | null;

  static of(row: AssignmentRow): AssignmentDto {
    return {
      id: row.id,
      instance_id: row.instance_id,
      role: row.role,
      model: { id: row.model_id, name: row.model_name, version: row.model_version },
      assigned_at: row.created_at.toISOString(),
      assigned_by: row.created_by,
      ended_at: row.ended_at?.toISOString() ?? null,
      ended_by: row.ended_by,
    };
  }
}

export class AssignmentPageDto extends PageOf(AssignmentDto) {}
