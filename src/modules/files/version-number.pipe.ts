import { Injectable, type PipeTransform } from '@nestjs/common';
import { CommonErrors } from '../../common/errors/common.errors.js';

/** The number of a version in a path. What is no number names nothing. */
@Injectable()
export class VersionNumberPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (!/^[1-9]\d{0,8}$/.test(value)) throw CommonErrors.notFound();
    return Number(value);
  }
}
