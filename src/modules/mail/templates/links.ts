/** Every address a mail may point to. Built from our own settings alone: a `Host` header is the caller's word. */
export class Links {
  /** Where people reach us, without a slash at its end. */
  readonly home: string;

  constructor({ publicUrl, port }: { readonly publicUrl: URL | null; readonly port: number }) {
    const url = publicUrl ?? new URL(`http://localhost:${port}`);
    this.home = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  }

  verifyEmail(token: string): string {
    return this.withToken('verify-email', token);
  }

  resetPassword(token: string): string {
    return this.withToken('reset-password', token);
  }

  acceptInvitation(token: string): string {
    return this.withToken('accept-invitation', token);
  }

  /** A page of the console. The token is in the fragment, which browsers send to no server and in no Referer. */
  private withToken(page: string, token: string): string {
    return `${this.home}/console/${page}#token=${encodeURIComponent(token)}`;
  }
}
