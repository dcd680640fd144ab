import type { Type } from '@nestjs/common';
import { CommonErrors } from '../errors/common.errors.js';
import { textFaults } from './text-faults.js';
import { validationPipe } from './validation.pipe.js';

const pipe = validationPipe();

/**
 * The fields of a form as those of a JSON body: checked against `Fields`, all of them.
 *
 * @param json names of those whose text is JSON.
 * @throws AppError 400 naming every bad field.
 */
export async function formFields<Fields extends object>(
  Fields: Type<Fields>,
  sent: Readonly<Record<string, string>>,
  json: readonly string[],
): Promise<Fields> {
  const fields: Record<string, unknown> = { ...sent };
  for (const name of json) if (sent[name] !== undefined) fields[name] = jsonIn(sent[name]);
  const faults = textFaults(fields);
  if (faults.length > 0) throw CommonErrors.validation(faults);
  return (await pipe.transform(fields, { type: 'body', metatype: Fields })) as Fields;
}

/** What is no JSON stays text, which is then refused for not being what it should. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
