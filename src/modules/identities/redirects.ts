import { Injectable } from '@nestjs/common';
import { SignInProvidersConfig } from '../../config/sign-in-providers.js';
import { IdentityErrors } from './identities.errors.js';

/** Where people may be sent once they have signed in elsewhere: exactly what is listed (RFC 9700 section 4.1.3). */
@Injectable()
export class Redirects {
  constructor(private readonly config: SignInProvidersConfig) {}

  /**
   * The listed address that `wanted` is; the first of all where nothing is wanted.
   *
   * @throws AppError 400 `redirect_uri_refused`.
   */
  mustAllow(wanted: string | undefined): URL {
    const { redirectUris } = this.config;
    const found = wanted === undefined ? redirectUris[0] : redirectUris.find((uri) => isSame(uri, wanted));
    if (found === undefined) throw IdentityErrors.redirectRefused();
    // The listed one and not what was sent: browsers and this parser need not agree on every text.
    return new URL(found);
  }
}

function isSame(listed: URL, wanted: string): boolean {
  if (/[\\\s]/.test(wanted) || !URL.canParse(wanted)) return false;
  // Scheme, user, password, host, port, path, query and fragment, each as parsed.
  return new URL(wanted).href === listed.href;
}
