import { found, type PipelineStage } from '../decision-context.js';
import type { ChallengerOpinion, ModelReference } from '../evaluation.js';
import type { RiskModels } from '../risk/risk-models.js';

/**
 * What another model says of the pool the instance is in, over the very features
 * that the deciding one saw. Last of all stages: a slow one delays no action.
 */
export function challengerAssessment(models: RiskModels, reference: ModelReference): PipelineStage {
  return {
    name: 'challenger',
    logType: 'RISK',
    isOn: () => true,
    async run({ currentRisk }) {
      const { probabilities, model } = await models.assess(reference, [found(currentRisk).features]);
      const { fellBackFrom: failed } = model;
      const challenger: ChallengerOpinion =
        failed === undefined
          ? { ...model, crashProbability: probabilities[0] ?? NaN, problem: null }
          : { name: failed.name, version: failed.version, crashProbability: null, problem: failed.problem };
      const { name, version, crashProbability, problem } = challenger;
      const said = crashProbability === null ? `failed: ${problem}` : `says ${crashProbability.toFixed(3)}`;
      return {
        changes: { challenger },
        log: [
          {
            level: crashProbability === null ? 'warn' : 'info',
            message: `The challenger ${name} ${version} ${said}`,
            data: { crash_probability: crashProbability },
          },
        ],
      };
    },
  };
}
