import { Injectable, type PipeTransform } from '@nestjs/common';
import { isId } from '../crypto/ids.js';
import { CommonErrors } from '../errors/common.errors.js';

/** An id in a path. What is no id names nothing, so it is 404 like any other that is not there. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    const id = value.toLowerCase();
    if (!isId(id)) throw CommonErrors.notFound();
    return id;
  }
}
