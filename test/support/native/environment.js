import { createRequire } from 'node:module';
import { ModernFakeTimers } from '@jest/fake-timers';
import { TestEnvironment } from 'jest-environment-node';

/** What `new` makes and `instanceof` means in a test is what it is in the application. */
const SHARED = [
  'Array',
  'Date',
  'Error',
  'Map',
  'Object',
  'Promise',
  'RangeError',
  'Reflect',
  'RegExp',
  'Set',
  'SyntaxError',
  'TypeError',
];

/**
 * Runs a test file beside an application that Node has loaded, not Jest: see
 * `transform.js`. Fake timers and spies on the console are the application's.
 */
export default class NativeEnvironment extends TestEnvironment {
  ownConsole = globalThis.console;

  constructor(config, context) {
    super(config, context);
    this.fakeTimersModern = new ModernFakeTimers({ config: config.projectConfig, global: globalThis });
  }

  async setup() {
    await super.setup();
    globalThis.console = this.global.console;
    this.global.nativeRequire = createRequire(import.meta.url);
    this.global.process = process;
    // Of `{}`, which a test can't but make of its own kind.
    this.global.Object.prototype.constructor = Object;
    for (const name of SHARED) this.global[name] = globalThis[name];
  }

  async teardown() {
    globalThis.console = this.ownConsole;
    await super.teardown();
  }
}
