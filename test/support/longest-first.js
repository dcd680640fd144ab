import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const require = createRequire(import.meta.url);
// Of Jest's own, which need not be among what we depend on.
const { default: Sequencer } = createRequire(dirname(require.resolve('@jest/core/package.json')) + '/')(
  '@jest/test-sequencer',
);

/** What a test file has others do takes longer than its own length tells. */
const OTHERS =
  /openConsole|ArchivedServer|DebianPostgres|ServerProcess|buildProgram|describeCloudFaults|new ESLint|OnnxRunner/;

/**
 * So that no long file is left to run alone at the end. Jest knows how long they take
 * from its last run, but not in a fresh clone: there it goes by their size.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const long = new Set(sorted.filter(({ path }) => OTHERS.test(readFileSync(path, 'utf8'))));
    return [...long, ...sorted.filter((test) => !long.has(test))];
  }
}
