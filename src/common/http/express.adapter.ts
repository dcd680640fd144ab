import { ExpressAdapter } from '@nestjs/platform-express';

type Handler = Parameters<ExpressAdapter['setNotFoundHandler']>[0];

/** Nest answers for what is not there only below the global prefix and leaves the rest to Express and its HTML; this one answers for all. */
export class WholeSiteAdapter extends ExpressAdapter {
  override setNotFoundHandler(handler: Handler): this {
    super.setNotFoundHandler(handler);
    return this;
  }
}
