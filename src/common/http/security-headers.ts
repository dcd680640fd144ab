import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet, { type HelmetOptions } from 'helmet';

type Header = readonly [name: string, value: string];

const YEAR_SECONDS = 31_536_000;

/** An API answer is data: it loads nothing, runs nothing and is framed by nobody. */
const API = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  xFrameOptions: { action: 'deny' },
  // Speak only to browsers long gone, or repeat what the policy above says.
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  originAgentCluster: false,
} satisfies HelmetOptions;

/** The API reference loads its own scripts, and styles that Swagger UI sets inline. */
const DOCS = {
  ...API,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
} satisfies HelmetOptions;

/**
 * The console runs what was built with it, and talks to nobody but this server ('self' is its sockets too, CSP 3).
 * It frames nothing but what it has made itself of a file's bytes, for the browser's viewer of PDF: that has this
 * policy too, so that nothing in there could run either.
 */
const CONSOLE = {
  ...API,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'blob:', 'data:'],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      frameSrc: ['blob:'],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
} satisfies HelmetOptions;

/** Computed once: a request only copies them. */
export interface SecurityHeaders {
  readonly api: readonly Header[];
  readonly docs: readonly Header[];
  readonly console: readonly Header[];
}

/** HSTS is for production only: on a laptop it would lock `localhost` into https. */
export function securityHeaders(production: boolean): SecurityHeaders {
  const strictTransportSecurity = production ? { maxAge: YEAR_SECONDS, includeSubDomains: true } : false;
  return {
    api: [...computed({ ...API, strictTransportSecurity }), ['Cache-Control', 'no-store']],
    docs: computed({ ...DOCS, strictTransportSecurity }),
    console: computed({ ...CONSOLE, strictTransportSecurity }),
  };
}

function computed(options: HelmetOptions): Header[] {
  const headers: Header[] = [];
  const recorder = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    removeHeader: () => undefined,
  };
  helmet(options)({} as IncomingMessage, recorder as unknown as ServerResponse, (error?: unknown) => {
    if (error instanceof Error) throw error;
  });
  return headers;
}
