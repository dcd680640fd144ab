import { resolve } from 'node:path';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { runCLI } from 'jest';

/**
 * Runs unit tests against mutated code. Node loads that code once a process (see
 * `../support/native/transform.js`), so that the next mutant costs no more than a
 * switch and the tests beside its file: those are what must tell it.
 */
class NativeJestRunner {
  context = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});

  /** What a module does when it is loaded can be mutated in a new process only. */
  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun({ files }) {
    const result = await this.run(files.map(specBeside));
    return { ...result, mutantCoverage: this.context.mutantCoverage };
  }

  async mutantRun({ activeMutant, hitLimit, sandboxFileName }) {
    Object.assign(this.context, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    const result = await this.run([specBeside(sandboxFileName)]);
    return toMutantRunResult(determineHitLimitReached(this.context.hitCount, hitLimit) ?? result);
  }

  async run(specs) {
    const { results } = await runCLI(
      {
        _: specs,
        $0: 'mutants',
        config: resolve('test/mutants/jest.config.js'),
        runTestsByPath: true,
        runInBand: true,
        reporters: [],
        silent: true,
        watchman: false,
      },
      [process.cwd()],
    );
    return { status: DryRunStatus.Complete, tests: results.testResults.map(outcomeOf) };
  }
}

function specBeside(file) {
  return file.replace(/\.ts$/, '.spec.ts');
}

/** A file of tests counts as one. */
function outcomeOf({ testFilePath: id, failureMessage, numFailingTests, testExecError, perfStats }) {
  const test = { id, name: id, fileName: id, timeSpentMs: perfStats.runtime ?? 0 };
  const failed = numFailingTests > 0 || testExecError != null;
  return failed
    ? { ...test, status: TestStatus.Failed, failureMessage: failureMessage ?? 'It could not be run' }
    : { ...test, status: TestStatus.Success };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'native-jest', NativeJestRunner)];
