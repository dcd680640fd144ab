import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type * as AppFile from '../../src/app.js';
import type * as ConfigFile from '../../src/config/config.js';
import type * as EnvFile from '../../src/config/env.js';

/** Given by the environment of our tests: what it loads is Node's own, not Jest's. */
declare const nativeRequire: NodeJS.Require;

const ROOT = join(import.meta.dirname, '..', '..');
/** Where what is imported from `node_modules` is found, and nothing of ours is. */
const CACHE = join(ROOT, 'node_modules', '.cache');

/** A defence taken away: a text of a built file, which must be there once, and what stands there instead. */
export interface Mutation {
  /** Below `dist`, such as `src/common/access/csrf.js`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What starts an application. */
export interface Code {
  readonly createApp: typeof AppFile.createApp;
  readonly buildConfig: typeof ConfigFile.buildConfig;
  readonly readEnv: typeof EnvFile.readEnv;
  remove(): void;
}

/** Built files of ours, loaded beside those that the tests have. */
export interface Copy {
  /** @param file below `dist/src`. */
  readonly load: (file: string) => unknown;
  readonly remove: () => void;
}

/** What starts an application with some of its defences taken away. @throws Error as `weakenedCopy` */
export function weakenedCode(mutations: readonly Mutation[]): Code {
  const { load, remove } = weakenedCopy(mutations);
  return {
    ...(load('app.js') as typeof AppFile),
    ...(load('config/config.js') as typeof ConfigFile),
    ...(load('config/env.js') as typeof EnvFile),
    remove,
  };
}

/**
 * A copy of the built code with some of its defences taken away.
 *
 * @throws Error when a text to replace is not there, or more than once.
 */
export function weakenedCopy(mutations: readonly Mutation[]): Copy {
  const changed = weaken(mutations);
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'weakened-'));
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  for (const part of ['src', 'migrations', 'console']) linkAll(join('dist', part), folder);
  for (const [file, text] of changed) {
    const path = join(folder, 'dist', file);
    // Its link first: the text behind it is the original's.
    rmSync(path);
    writeFileSync(path, text);
  }
  return {
    load: (file): unknown => nativeRequire(join(folder, 'dist', 'src', file)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A service of an application by its class, also where it runs a copy of our code: there by the name of the class. */
export function serviceOf<T>(nest: INestApplicationContext, type: Type<T>): T {
  const known = [...nest.get(ModulesContainer).values()].flatMap(({ providers }) => [...providers.keys()]);
  const own = known.find((token) => typeof token === 'function' && token.name === type.name);
  return nest.get((own as Type<T> | undefined) ?? type);
}

function weaken(mutations: readonly Mutation[]): ReadonlyMap<string, string> {
  const changed = new Map<string, string>();
  for (const { file, from, to } of mutations) {
    const text = changed.get(file) ?? readFileSync(join(ROOT, 'dist', file), 'utf8');
    const times = text.split(from).length - 1;
    if (times !== 1) throw new Error(`dist/${file} holds ${JSON.stringify(from)} ${times} times, not once`);
    changed.set(
      file,
      text.replace(from, () => to),
    );
  }
  return changed;
}

function linkAll(folder: string, to: string): void {
  for (const { name, parentPath } of readdirSync(join(ROOT, folder), {
    recursive: true,
    withFileTypes: true,
  }).filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))) {
    const from = join(parentPath, name);
    const path = join(to, from.slice(ROOT.length));
    mkdirSync(dirname(path), { recursive: true });
    linkSync(from, path);
  }
}
