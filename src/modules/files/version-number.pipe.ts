import { Injectable, type PipeTransform } from '@nestjs/common';
import { CommonErrors } from '../../common/errors/common.errors.js';

/** From 1, and less than PostgreSQL's largest integer. */
export const VERSION_NUMBER = /^[1-9]\d{0,8}$/;

/** The number of a version in a path. What is no number names nothing. */
@Injectable()
export class VersionNumberPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (!VERSION_NUMBER.test(value)) throw CommonErrors.notFound();
    return Number(value);
  }
}
