import type { Log, Notification, ReportingDescriptor, Result } from 'sarif';
import { addressOf, LINES } from './lines.js';
import type { Outcome } from './outcome.js';

const idOf = (line: number) => `cloudkeep/${String(line).padStart(2, '0')}`;
const numbers = Object.keys(LINES).map(Number);

/**
 * Outcomes for tools that gather findings (SARIF 2.1.0,
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/): lines are rules, what went through are
 * results, and what was not tried is told by the invocation.
 */
export function sarifOf(url: URL, version: string, outcomes: readonly Outcome[]): Log {
  const ruleOf = (line: number) => ({ ruleId: idOf(line), ruleIndex: numbers.indexOf(line) });
  const of = (...verdicts: Outcome['verdict'][]) =>
    outcomes.filter(({ verdict }) => verdicts.includes(verdict));
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'cloudkeep-attack', version, rules: numbers.map(rule) } },
        invocations: [
          {
            executionSuccessful: of('failed').length === 0,
            toolExecutionNotifications: of('not tried', 'failed').map(
              ({ line, verdict, details }): Notification => ({
                level: verdict === 'failed' ? 'error' : 'note',
                message: { text: details.join(' ') },
                associatedRule: { id: idOf(line), index: numbers.indexOf(line) },
              }),
            ),
          },
        ],
        results: of('went through').flatMap(({ line, how, details }) =>
          details.map((text): Result => ({
            ...ruleOf(line),
            level: 'error',
            message: { text },
            locations: [{ physicalLocation: { artifactLocation: { uri: url.href } } }],
            properties: { how },
          })),
        ),
      },
    ],
  };
}

function rule(line: number): ReportingDescriptor {
  const { title = '', sources = [] } = LINES[line] ?? {};
  return {
    id: idOf(line),
    shortDescription: { text: `${title}.` },
    fullDescription: { text: `${title}. Published as ${sources.join(', ')}.` },
    helpUri: addressOf(sources[0] ?? ''),
    help: { text: sources.map((source) => `${source}: ${addressOf(source)}`).join('\n') },
    properties: { tags: ['security'], 'security-severity': '8.0' },
  };
}
