import { Injectable, type PipeTransform } from '@nestjs/common';
import { CommonErrors } from '../errors/common.errors.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id in a path. What is no id names nothing, so it is 404 like any other that is not there. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!UUID.test(value)) throw CommonErrors.notFound();
    return value.toLowerCase();
  }
}
