import { nameOf, verdictOf, type DecisionContext, type PipelineStage } from '../decision-context.js';

/** Says what it would do, and does nothing. */
export const logActuator: PipelineStage = {
  name: 'log_actuator',
  logType: 'ACTUATOR',
  isOn: () => true,
  run: (context) => ({ changes: {}, log: [{ level: 'info', message: intentOf(context) }] }),
};

function intentOf(context: DecisionContext): string {
  const { decision, selected } = verdictOf(context);
  const { instanceId } = context.instance;
  const target = selected === null ? 'an on-demand machine' : `a spot machine, ${nameOf(selected.pool)}`;
  switch (decision) {
    case 'STAY':
      return `Would leave ${instanceId} where it is`;
    case 'SWITCH':
      return `Would launch ${target}, move the work over and end ${instanceId}`;
    case 'DRAIN':
      return `Would give ${instanceId} no new work and launch ${target}`;
    case 'EVACUATE':
      return `Would move all work off ${instanceId} at once, to ${target}`;
  }
}
