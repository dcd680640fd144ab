import { readFileSync } from 'node:fs';

const SUFFIX = '_FILE';

export interface WithFiles {
  readonly values: NodeJS.ProcessEnv;
  readonly faults: readonly string[];
}

/**
 * `<NAME>_FILE` names a file that holds the value of `<NAME>`, as Docker and
 * Kubernetes mount secrets: what stands in a file is in no list of processes and
 * no crash report. One line break at its end is not part of the value.
 */
export function readSettingFiles(source: NodeJS.ProcessEnv, isSetting: (name: string) => boolean): WithFiles {
  const values = { ...source };
  const faults: string[] = [];
  for (const [variable, path] of Object.entries(source)) {
    const name = variable.slice(0, -SUFFIX.length);
    if (!variable.endsWith(SUFFIX) || !isSetting(name) || path === undefined || path.trim() === '') continue;
    if ((source[name] ?? '').trim() !== '') faults.push(`${name} and ${variable} are both set: keep one`);
    else {
      try {
        values[name] = contentOf(path);
      } catch (error) {
        faults.push(`${variable} names a file that can't be used: ${(error as Error).message}`);
      }
    }
  }
  return { values, faults };
}

function contentOf(path: string): string {
  const content = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  if (content.trim() === '') throw new Error(`${path} is empty`);
  return content;
}
