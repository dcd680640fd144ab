import { candidateOf, nameOf, type DecisionContext, type PipelineStage } from '../decision-context.js';

const scraped = ({ facts }: DecisionContext) => ({
  level: 'info' as const,
  message: `The market has ${facts.pools.length} spot pools in the region; the instance is ${nameOf(facts.current)}`,
  data: { pools: facts.pools.length, spot_price: facts.current.spotPrice },
});

/** Am I safe? One candidate: where the instance is. */
export const singleInstanceInput: PipelineStage = {
  name: 'single_instance_input',
  logType: 'SCRAPER',
  isOn: ({ mode }) => mode === 'single_instance',
  run: (context) => ({
    changes: { candidates: [candidateOf(context.facts.current, context.facts)] },
    log: [scraped(context)],
  }),
};

/** Where is best? Every pool of the region, for the filters to narrow down. */
export const clusterInput: PipelineStage = {
  name: 'cluster_input',
  logType: 'SCRAPER',
  isOn: ({ mode }) => mode === 'cluster',
  run: (context) => ({
    changes: { candidates: context.facts.pools.map((pool) => candidateOf(pool, context.facts)) },
    log: [scraped(context)],
  }),
};
