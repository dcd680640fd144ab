const MOST_STEPS = 20;

export interface Page {
  readonly url: URL;
  readonly status: number;
  /** Null for an address that is nobody's here, such as that of a client's application. */
  readonly response: Response | null;
}

/** A browser as far as redirects and cookies go; its name server is the test's. */
export class Browser {
  private readonly cookies = new Map<string, Map<string, string>>();

  /** @param hosts which server is behind an origin; those on loopback are themselves. */
  constructor(private readonly hosts: Record<string, string>) {}

  /** Another browser in which nobody has been anywhere. */
  fresh(): Browser {
    return new Browser(this.hosts);
  }

  resolve(origin: string, server: string): void {
    this.hosts[origin] = server;
  }

  /** Opens an address and goes where it is sent. `stopAt` opens that one no more. */
  async open(address: string, stopAt: (url: URL) => boolean = () => false): Promise<Page> {
    let url = new URL(address);
    for (let step = 0; step < MOST_STEPS; step++) {
      const response = stopAt(url) ? null : await this.fetch(url);
      if (response === null) return { url, status: 0, response };
      const location = response.headers.get('location');
      if (location === null) return { url, status: response.status, response };
      url = new URL(location, url);
    }
    throw new Error(`Sent around in circles, last to ${url.href}`);
  }

  /** One request with this browser's cookies; null where no server is known. */
  async fetch(url: URL, init: RequestInit = {}): Promise<Response | null> {
    const server = this.hosts[url.origin] ?? (url.hostname === '127.0.0.1' ? url.origin : null);
    if (server === null) return null;
    const headers = new Headers(init.headers);
    const cookie = this.cookieHeader(url);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await fetch(new URL(url.pathname + url.search, server), {
      ...init,
      headers,
      redirect: 'manual',
    });
    this.keep(url.host, response.headers.getSetCookie());
    return response;
  }

  cookieHeader({ host }: URL): string {
    return [...(this.cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private keep(host: string, lines: readonly string[]): void {
    const jar = this.cookies.get(host) ?? new Map<string, string>();
    this.cookies.set(host, jar);
    for (const line of lines) {
      const [pair = ''] = line.split(';', 1);
      const end = pair.indexOf('=');
      const [name, value] = [pair.slice(0, end), pair.slice(end + 1)];
      if (/expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
  }
}
