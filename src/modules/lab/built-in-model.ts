import { FAMILY_STRESS } from '../evaluation/evaluation.service.js';
import type { ModelRow } from './lab-models.repository.js';

/**
 * The model that judges where no other was assigned, as a row of every
 * organisation. Its id is the least a UUIDv7 can be, so it comes last in lists.
 */
export const BUILT_IN_MODEL: ModelRow = {
  id: '00000000-0000-7000-8000-000000000000',
  created_at: new Date(0),
  ...FAMILY_STRESS,
  is_experimental: false,
  description: 'The built-in logistic model over price position, discount and family stress.',
  metrics: null,
  size: 0,
  sha256: null,
  created_by: null,
  updated_at: new Date(0),
};

export function isBuiltIn(id: string): boolean {
  return id === BUILT_IN_MODEL.id;
}
