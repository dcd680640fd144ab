import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class FieldErrorDto {
  @ApiProperty({ example: 'email', description: 'Path of the field, as sent.' })
  field!: string;

  @ApiProperty({ example: 'must be an e-mail address' })
  message!: string;
}

/** RFC 9457 problem details: the body of every answer of 400 and above. */
export class ProblemDto {
  @ApiProperty({
    example: 'urn:cloudkeep:problem:validation_failed',
    description: 'Names the kind of problem.',
  })
  type!: string;

  @ApiProperty({ example: 'The request is not valid' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 400, minimum: 400, maximum: 599 })
  status!: number;

  @ApiProperty({ example: 'One field is not valid.' })
  detail!: string;

  @ApiProperty({ example: 'validation_failed', description: 'What to switch on; stable.' })
  code!: string;

  @ApiProperty({
    example: '0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11',
    description: 'Quote it when asking for help.',
  })
  request_id!: string;

  @ApiPropertyOptional({ type: () => [FieldErrorDto], description: 'Every field that was wrong.' })
  errors?: FieldErrorDto[];
}
