import NativeEnvironment from '../support/native/environment.js';

/** Tells the mutated code, which is loaded once a process, whose tests are running. */
export default class MutantEnvironment extends NativeEnvironment {
  constructor(config, context) {
    super(config, context);
    this.testPath = context.testPath;
  }

  handleTestEvent({ name }) {
    // What runs before is what a module does when it is loaded.
    if (name === 'run_start') globalThis.__stryker__.currentTestId = this.testPath;
    if (name === 'run_finish') globalThis.__stryker__.currentTestId = undefined;
  }
}
