import type { Response } from 'supertest';
import type { Cloudkeep } from '../../../src/app.js';

export interface OpenApiContract {
  /** @throws Error saying how the answer departs from its description. */
  check(method: string, path: string, response: Response): void;
}

/** What an application's answers are held against: known route, documented status, body of the documented shape. */
export function contractOf(app: Cloudkeep): OpenApiContract;
