import type { components } from '../../api/client';

export type ServiceKey = components['schemas']['ApiKeyDto'];
export const KEYS = ['api-keys'] as const;
