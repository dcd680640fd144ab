import { AppError } from '../../common/errors/app-error.js';
import type { Requirements } from './evaluation.js';

const field = (name: string, message: string) => [{ field: name, message }];

function badModel(code: string, detail: string, cause?: unknown, status = 400): AppError {
  return new AppError({ status, code, title: 'The model can not be used', detail, cause });
}

export const EvaluationErrors = {
  unknownInstanceType: (name: string, region: string) =>
    new AppError({
      status: 400,
      code: 'unknown_instance_type',
      title: 'There is no such instance type',
      detail: `${region} has no instance type ${name}.`,
      errors: field('instance_type', 'must be an instance type of the region'),
    }),
  zoneOutsideRegion: (zone: string, region: string) =>
    new AppError({
      status: 400,
      code: 'zone_outside_region',
      title: 'The zone is elsewhere',
      detail: `${zone} is no availability zone of ${region}.`,
      errors: field('availability_zone', 'must be a zone of the region'),
    }),
  notOffered: (name: string, zone: string) =>
    new AppError({
      status: 400,
      code: 'instance_type_not_offered',
      title: 'There is no such spot pool',
      detail: `${name} is not offered on spot in ${zone}.`,
      errors: field('availability_zone', 'must be a zone that offers the instance type on spot'),
    }),
  requirementsImpossible: ({ vcpu, memoryGb, architecture }: Requirements, region: string) =>
    new AppError({
      status: 400,
      code: 'requirements_impossible',
      title: 'No machine meets the requirements',
      detail: `${region} has no spot pool of ${architecture} with ${vcpu} vCPU and ${memoryGb} GB.`,
      errors: field('requirements', 'must be met by at least one instance type of the region'),
    }),
  failed: (stage: string, cause: unknown) =>
    new AppError({
      status: 500,
      code: 'evaluation_failed',
      title: 'The evaluation failed',
      detail: `The stage ${stage} failed. Nothing was decided, nothing was recorded.`,
      cause,
    }),
  modelNotOnnx: (problem: string, cause?: unknown) =>
    badModel('model_not_onnx', `It is no ONNX model that runs here: ${problem}`, cause),
  modelWrongShape: (problem: string) => badModel('model_wrong_shape', problem),
  modelWrongOutput: (problem: string) => badModel('model_wrong_output', problem),
  modelTooSlow: (limitMs: number) =>
    badModel('model_too_slow', `It took longer than ${limitMs / 1000} s and was stopped.`),
  modelTooLarge: (limitBytes: number) =>
    badModel('model_too_large', `A model may have at most ${limitBytes} bytes.`, undefined, 413),
  modelTooHungry: (limitBytes: number) =>
    badModel('model_too_large', `It needs more than ${limitBytes} bytes of memory to run.`, undefined, 413),
  modelCorrupt: () =>
    badModel('model_corrupt', 'The file is not the one that was registered.', undefined, 500),
};
