import { createServer } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express, Request } from 'express';

type Handler = Parameters<ExpressAdapter['setNotFoundHandler']>[0];

/**
 * Longer than proxies keep a connection they do not use (nginx and AWS: 60 s): whoever closes first
 * may do so under a request that is on its way, which a proxy then answers with 502.
 */
const KEPT_ALIVE_MS = 75_000;
/** Node looks for slow headers every 30 s unless told. */
const MOST_CHECK_MS = 30_000;

/**
 * Nest answers for what is not there only below the global prefix and leaves the rest
 * to Express and its HTML; this one answers for all. And Node cuts every request that
 * is not whole after five minutes, as large uploads are not; here headers have their
 * time, and `watchBody` sees to bodies.
 */
export class WholeSiteAdapter extends ExpressAdapter {
  constructor(private readonly idleMs: number) {
    super();
    knowOnlyWhatIsTagged(this.getInstance());
  }

  override initHttpServer(): void {
    const how = {
      headersTimeout: this.idleMs,
      requestTimeout: 0,
      keepAliveTimeout: KEPT_ALIVE_MS,
      connectionsCheckingInterval: Math.min(MOST_CHECK_MS, this.idleMs / 2),
    };
    this.httpServer = createServer(how, this.getInstance());
  }

  override setNotFoundHandler(handler: Handler): this {
    super.setNotFoundHandler(handler);
    return this;
  }
}

/**
 * Express answers 304 to `If-None-Match: *` whatever it is asked for. That can be known
 * only of an answer that says by what: the others are sent, as they are described.
 */
function knowOnlyWhatIsTagged({ request }: Express): void {
  const isFresh = Reflect.get.bind(null, Object.getPrototypeOf(request) as object, 'fresh');
  Object.defineProperty(request, 'fresh', {
    get(this: Request): boolean {
      const isTagged = this.res?.hasHeader('ETag') === true || this.res?.hasHeader('Last-Modified') === true;
      return isTagged && isFresh(this) === true;
    },
  });
}
