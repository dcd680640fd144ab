/** What queries of this page are known by. */
export const SESSIONS = ['sessions'] as const;
export const MFA = ['mfa'] as const;
export const PASSKEYS = ['passkeys'] as const;
export const IDENTITIES = ['identities'] as const;
