import { called } from './words.js';

/** A credential as a mail may show it: never whole. */
export interface ShownCredential {
  readonly kind: 'pat' | 'api_key';
  readonly name: string;
  readonly masked: string;
}

const KINDS: Readonly<Record<ShownCredential['kind'], string>> = {
  pat: 'Personal access token',
  api_key: 'API key',
};

export function kindOf({ kind }: ShownCredential): string {
  return KINDS[kind];
}

export function describe(credential: ShownCredential): string {
  return `${kindOf(credential)} ${called(credential.name)} (${credential.masked})`;
}
