import {
  found,
  type Candidate,
  type PipelineStage,
  type Risk,
  type StageResult,
} from '../decision-context.js';
import type { UsedModel } from '../evaluation.js';
import { featuresOf } from '../risk/risk-features.js';
import type { RiskModels } from '../risk/risk-models.js';

/** A crash probability for every candidate, and for the pool the instance is in wherever that was rejected before. */
export function riskAssessment(models: RiskModels): PipelineStage {
  return {
    name: 'risk_model',
    logType: 'RISK',
    isOn: () => true,
    async run({ candidates, facts, modelReference }) {
      const pools = [...new Set([...candidates.map(({ pool }) => pool), facts.current])];
      const features = featuresOf(pools, facts.pools, facts.at);
      const { probabilities, model } = await models.assess(modelReference, features);
      const risks = new Map(
        features.map((of, index) => [
          pools[index],
          { features: of, crashProbability: probabilities[index] ?? NaN },
        ]),
      );
      const riskOf = ({ pool }: Pick<Candidate, 'pool'>) => found(risks.get(pool) ?? null);
      const currentRisk = riskOf({ pool: facts.current });
      return {
        changes: {
          candidates: candidates.map((candidate) => ({ ...candidate, risk: riskOf(candidate) })),
          currentRisk,
          model,
        },
        log: [...fallback(model), summary(model, candidates.length, currentRisk)],
      };
    },
  };
}

type Line = StageResult['log'][number];

function fallback({ name, fellBackFrom }: UsedModel): Line[] {
  if (fellBackFrom === undefined) return [];
  const message = `The model ${fellBackFrom.name} ${fellBackFrom.version} failed, ${name} judges instead: ${fellBackFrom.problem}`;
  return [{ level: 'error', message, data: { ...fellBackFrom } }];
}

function summary({ name, version }: UsedModel, count: number, { crashProbability, features }: Risk): Line {
  const message = `${name} ${version} assessed ${count} pools; the current one crashes with probability ${crashProbability.toFixed(3)}`;
  return { level: 'info', message, data: { crash_probability: crashProbability, features } };
}
