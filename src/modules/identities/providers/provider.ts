/** What one sign-in is told by: made at its begin, remembered until the browser is back. */
export interface Attempt {
  /** Where the issuer sends the browser back to; a provider has its own, so no two can be mixed up (RFC 9700 section 4.4). */
  readonly callbackUrl: string;
  readonly state: string;
  /** Comes back in the ID token. */
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** Who an issuer says it is. */
export interface ExternalPerson {
  /** Never changes and is never given to another; unique at its issuer. */
  readonly subject: unknown;
  readonly email: unknown;
  /** Whether the issuer itself has made sure of the address. */
  readonly emailVerified: boolean;
  readonly fullName: unknown;
  readonly username: unknown;
}

/** Somebody else who can tell who a person is. Its library is loaded when first needed. */
export interface Provider {
  readonly name: string;
  readonly displayName: string;
  /** Where the browser goes to sign in. */
  authorizeUrl(attempt: Attempt): Promise<string>;
  /** Asks the issuer about the person who came back with `answer`. */
  person(answer: URLSearchParams, attempt: Attempt): Promise<ExternalPerson>;
}
