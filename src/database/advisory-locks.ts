/** PostgreSQL advisory lock keys. One list, so that no two things ever share a key. */
export const AdvisoryLock = {
  migrations: 7_201_001,
  firstStart: 7_201_002,
  signingKeys: 7_201_003,
  userImport: 7_201_004,
  auditChain: 7_201_005,
  auditKeys: 7_201_006,
  jobs: 7_202_000,
  /** With a second key, so apart from all the others: who is being signed in. */
  externalSignIn: 7_203_000,
  /** With a second key: an instance whose model is being changed. */
  labAssignment: 7_204_000,
  /** With a second key: whose sandbox sessions are being counted. */
  sandboxSessions: 7_205_000,
} as const;
