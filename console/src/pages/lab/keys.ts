import type { components } from '../../api/client';

export type Model = components['schemas']['ModelDto'];
export type ModelName = components['schemas']['ModelNameDto'];
export type Experiment = components['schemas']['ExperimentDto'];
export type Config = components['schemas']['PipelineConfigDto'];

export const MODELS = ['lab', 'models'] as const;
export const EXPERIMENTS = ['lab', 'experiments'] as const;
export const COMPARISONS = ['lab', 'comparisons'] as const;
export const modelKey = (id: string) => ['lab', 'model', id] as const;
export const instanceKey = (id: string) => ['lab', 'instance', id] as const;

/** As the API has instance ids. */
export const INSTANCE_ID = {
  value: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  message: '1 to 64 letters, digits, ".", "_" and "-", the first a letter or digit.',
};

/** The model that judges where no other is assigned; the same in every organisation. */
export const BUILT_IN = '00000000-0000-7000-8000-000000000000';
