import type { BackupManifest } from '../../backup-manifest.js';

const LABEL = /^repo(\d+)_label$/;

/** What a set is called in a repository, among the details of a manifest. */
export const labelKey = (repository: number): string => `repo${repository}_label`;

/** The sets of a backup: one in each repository that has it, by the repository's number. */
export function labelsOf(manifest: Pick<BackupManifest, 'details'>): Map<number, string> {
  const found = Object.entries(manifest.details).flatMap(([key, label]) => {
    const [, repository] = LABEL.exec(key) ?? [];
    return repository === undefined ? [] : [[Number(repository), label] as const];
  });
  return new Map(found.sort(([one], [other]) => one - other));
}
