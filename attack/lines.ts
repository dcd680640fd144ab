/** What Cloudkeep withstands, one line an attack, by the number that docs/security.md gives it. */
export interface Line {
  readonly title: string;
  /** Where the attack was published, or the rule it breaks. */
  readonly sources: readonly string[];
}

const line = (title: string, ...sources: string[]): Line => ({ title, sources });

export const LINES: Readonly<Record<number, Line>> = {
  1: line(
    'A JWT of another algorithm, issuer, audience or use, or without a sound end, is refused',
    'CVE-2026-27804',
    'CVE-2026-54238',
  ),
  2: line('An access token is dead at once after logout', 'GHSA-g65h-35f3-x2w3'),
  3: line(
    'What a deactivated user holds stops within 5 s, on every replica, sockets too',
    'GHSA-56p6-qw3c-fq2g',
  ),
  4: line('A replayed refresh token ends its family, and its owner sees it', 'RFC 9700 section 4.14'),
  5: line('A mistyped token is refused by its checksum, before any database access', 'GitHub token format'),
  6: line('Secrets appear in no log line, audit row, problem or list', 'CVE-2023-28443'),
  7: line("Registering a victim's address beforehand gains nothing", 'CVE-2024-38351'),
  8: line(
    'A profile without id or verified e-mail merges with nobody; foreign ID tokens are refused',
    'GHSA-5hvv-9cqv-894r',
    'CVE-2026-30863',
  ),
  9: line('Nobody learns who has an account: same answer, same time', 'GHSA-jgf4-vwc3-r46v'),
  10: line('One-time things sent 20 times at once work once', 'RFC 9700 section 4.5'),
  11: line('A verification link is for one address and one purpose', 'ASVS 9.2.2'),
  12: line('Lookalikes of redirect addresses are refused, on the way back too', 'CVE-2025-27143'),
  13: line(
    'Sign-in and step-up begin a new session; a cookie without its proof changes nothing',
    'ASVS 7.2.4',
  ),
  14: line('Fields that do not belong in a body are refused', 'CVE-2025-61928'),
  15: line("A stranger's row is 404 on every route with an id, and stays as it is", 'CWE-639'),
  16: line('A read-only token writes nothing; nobody grants beyond their own', 'CVE-2026-30228'),
  17: line(
    'Limits and lockout hold against parallel requests, forwarding headers and a /64',
    'CVE-2026-30972',
  ),
  18: line('No key leads out of the store', 'CWE-22'),
  19: line('HTML and SVG are never served inline, and names never break a header', 'CVE-2026-30948'),
  20: line('A refused or broken upload leaves nothing behind', 'CVE-2025-55746'),
  21: line('A signed link opens one version of one file, as long and as often as it says', 'CWE-347'),
  22: line('A socket hears only what its principal could read', 'CVE-2024-54151'),
  23: line('No input makes a fault of the server', 'CVE-2026-32248'),
  24: line('No outbound address leads to metadata or link-local hosts', 'CVE-2026-35409'),
};

/** Where a source can be read. */
export function addressOf(source: string): string {
  const [, rfc, section] = /^RFC (\d+)(?: section ([\d.]+))?$/.exec(source) ?? [];
  if (rfc !== undefined)
    return `https://www.rfc-editor.org/rfc/rfc${rfc}${section === undefined ? '' : `#section-${section}`}`;
  if (source.startsWith('CVE-')) return `https://nvd.nist.gov/vuln/detail/${source}`;
  if (source.startsWith('GHSA-')) return `https://github.com/advisories/${source}`;
  if (source.startsWith('CWE-'))
    return `https://cwe.mitre.org/data/definitions/${source.slice('CWE-'.length)}.html`;
  if (source.startsWith('ASVS ')) return 'https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en';
  return 'https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/';
}
