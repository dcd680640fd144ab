import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import type { OnnxAnswer, OnnxQuestion } from './onnx-messages.js';

/** Compiled, wherever this file is run from: Node can't run TypeScript (package.json, `imports`). */
const PROGRAM = '#onnx-process';

/** What it needs beside the memory of WebAssembly, which it bounds itself. */
const FLAGS = [
  '--max-old-space-size=128',
  '--max-semi-space-size=4',
  '--disallow-code-generation-from-strings',
  '--no-warnings',
];

/** Why there was no answer: the process never started, was killed as too slow, or ended by itself, as without memory. */
export type Silence = 'not_started' | 'too_slow' | 'ended';

export class ModelSilence extends Error {
  constructor(
    readonly why: Silence,
    readonly waitedMs: number,
  ) {
    super(`The process of models gave no answer within ${waitedMs} ms: ${why}`);
  }
}

/**
 * One process that runs models. A thread would not do: WebAssembly's memory is
 * outside of what `resourceLimits` bounds, and a thread that runs out of memory
 * takes the whole server with it. It has no environment, so no secrets.
 */
export class ModelProcess {
  private readonly child: ChildProcess = fork(createRequire(import.meta.url).resolve(PROGRAM), {
    env: {},
    execArgv: FLAGS,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  /** From the start, where it could not be had: it can not be told anything, either. */
  private hasEnded = this.child.pid === undefined;
  private hasStarted = false;

  constructor() {
    this.child.once('exit', () => {
      this.hasEnded = true;
    });
    this.child.once('message', () => {
      this.hasStarted = true;
    });
    // It could not start, or could not be told something: `ask` sees it as its end.
    this.child.on('error', () => this.stop());
  }

  get isRunning(): boolean {
    return !this.hasEnded;
  }

  /** Whether the next answer waits for the process to start. */
  get isStarting(): boolean {
    return !this.hasStarted;
  }

  /**
   * One question at a time. Without an answer in time the process is killed: a model that loops does not stop otherwise.
   *
   * @throws ModelSilence
   */
  ask(question: OnnxQuestion, withinMs: number): Promise<OnnxAnswer> {
    const { child } = this;
    return new Promise<OnnxAnswer>((resolve, reject) => {
      const settle = (done: () => void) => {
        clearTimeout(timer);
        child.off('message', onAnswer).off('exit', onEnd);
        done();
      };
      const onAnswer = (answer: unknown) => settle(() => resolve(answer as OnnxAnswer));
      const refuse = (why: Silence) =>
        settle(() => reject(new ModelSilence(this.hasStarted ? why : 'not_started', withinMs)));
      const onEnd = () => refuse('ended');
      const timer = setTimeout(() => {
        this.stop();
        refuse('too_slow');
      }, withinMs);
      if (this.hasEnded) return onEnd();
      child.on('message', onAnswer).on('exit', onEnd);
      child.send(question, (error) => {
        if (error !== null) onEnd();
      });
    });
  }

  stop(): void {
    this.hasEnded = true;
    // For one that could not be started Node would send it to process 0: to all of our own group.
    if (this.child.pid !== undefined) this.child.kill('SIGKILL');
  }
}
