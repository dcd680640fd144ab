import { Injectable } from '@nestjs/common';
import { AppError } from '../../../common/errors/app-error.js';
import type { ModelReference, OnnxModelReference, UsedModel } from '../evaluation.js';
import { FAMILY_STRESS, familyStress } from './family-stress.js';
import { OnnxRunner } from './onnx-runner.js';
import { tensorOf, type RiskFeatures } from './risk-features.js';

export interface Assessment {
  /** In the order of the features asked about. */
  readonly probabilities: ArrayLike<number>;
  readonly model: UsedModel;
}

/** The risk model of an instance, or the built-in one where that fails. */
@Injectable()
export class RiskModels {
  constructor(private readonly onnx: OnnxRunner) {}

  async assess(model: ModelReference, features: readonly RiskFeatures[]): Promise<Assessment> {
    if (model === 'family-stress') return builtIn(features);
    const { name, version } = model;
    try {
      return {
        probabilities: await this.onnx.probabilities(model, tensorOf(features)),
        model: { name, version },
      };
    } catch (error) {
      return builtIn(features, model, error);
    }
  }
}

function builtIn(
  features: readonly RiskFeatures[],
  failed?: OnnxModelReference,
  error?: unknown,
): Assessment {
  const probabilities = features.map(familyStress);
  if (failed === undefined) return { probabilities, model: FAMILY_STRESS };
  const { name, version } = failed;
  return {
    probabilities,
    model: { ...FAMILY_STRESS, fellBackFrom: { name, version, problem: wordsFor(error) } },
  };
}

/** Of our own problems; what a store or a network says is not for everybody. */
function wordsFor(error: unknown): string {
  return error instanceof AppError
    ? `${error.code}: ${error.detail}`
    : 'model_unavailable: It could not be loaded.';
}
