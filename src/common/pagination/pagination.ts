import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { isId } from '../crypto/ids.js';
import { CommonErrors } from '../errors/common.errors.js';
import { IsTime } from '../http/field.decorators.js';

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 200;

/** The query of every list. */
export class PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: LARGEST_LIMIT, default: DEFAULT_LIMIT })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @Max(LARGEST_LIMIT)
  @Min(1)
  @IsInt()
  limit: number = DEFAULT_LIMIT;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(512)
  cursor?: string;
}

/** The query of a list of what happened, also by when it did. */
export class PeriodQuery extends PageQuery {
  @ApiPropertyOptional({ type: 'string', format: 'date-time', description: 'At or after.' })
  @IsOptional()
  @IsTime()
  from?: Date;

  @ApiPropertyOptional({ type: 'string', format: 'date-time', description: 'Before.' })
  @IsOptional()
  @IsTime()
  to?: Date;
}

export interface Page<Item> {
  readonly items: Item[];
  /** Asks for the following page; null on the last. */
  readonly next_cursor: string | null;
}

/** Where a page ends: ids are UUIDv7, so the id alone keeps rows in the order they were made. */
export interface Cursor {
  readonly id: string;
}

/** @throws AppError 400 when the cursor is not one of ours. */
export function readCursor(text: string | undefined): Cursor | null {
  const id = readPosition(text, isId);
  return id === null ? null : { id };
}

/**
 * The position in a cursor of a list that is not in the order of ids.
 *
 * @throws AppError 400 when the cursor is none of that list.
 */
export function readPosition(text: string | undefined, isPosition: (text: string) => boolean): string | null {
  if (text === undefined) return null;
  const position = Buffer.from(text, 'base64url').toString('latin1');
  if (!isPosition(position))
    throw CommonErrors.validation([{ field: 'cursor', message: 'is not a cursor of this list' }]);
  return position;
}

/** The cursor of what comes after a row. */
export function cursorAt({ id }: Cursor): string {
  return cursorOf(id);
}

/** Cuts `limit + 1` rows, newest first, into a page and the cursor of the next. */
export function pageOf<Row extends Cursor, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  return pageBy(rows, limit, (row) => row.id, toItem);
}

/** As `pageOf`, for rows in the order of `positionOf`, an ASCII text that no two rows share. */
export function pageBy<Row, Item>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: shown.map(toItem),
    next_cursor: more ? cursorOf(positionOf(last)) : null,
  };
}

function cursorOf(position: string): string {
  return Buffer.from(position, 'latin1').toString('base64url');
}

/** The response class of a list of `Item`. */
export function PageOf<Item>(ItemDto: new () => Item): new () => Page<Item> {
  class PageDto implements Page<Item> {
    @ApiProperty({ type: () => [ItemDto] })
    items!: Item[];

    @ApiProperty({
      type: 'string',
      nullable: true,
      description: 'Cursor of the next page; null on the last.',
    })
    next_cursor!: string | null;
  }
  Object.defineProperty(PageDto, 'name', { value: `${ItemDto.name.replace(/Dto$/, '')}PageDto` });
  return PageDto;
}
