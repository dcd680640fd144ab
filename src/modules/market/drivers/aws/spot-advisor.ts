import { Logger } from '@nestjs/common';
import { outboundFetch } from '../../../../common/http/outbound.js';
import { secondsAfter, type Clock } from '../../../../common/time/clock.js';
import { bandRate, catalogueRegions, catalogueType, catalogueTypes } from '../catalogue.js';

const FRESH_SECONDS = 6 * 60 * 60;
const RETRY_SECONDS = 10 * 60;
/** Its one file has about 1.2 MB. */
const MOST_BYTES = 16 * 1024 * 1024;

/** How often machines of a type are interrupted in a region: share in a month, or null. */
export type InterruptionRates = (region: string, type: string) => number | null;

/**
 * The file behind the AWS Spot Instance Advisor, read every few hours. While it
 * can not be read the last one counts, and before the first the catalogue's
 * estimates.
 */
export class SpotAdvisor {
  private readonly logger = new Logger(SpotAdvisor.name);
  private bands: ReadonlyMap<string, number> = new Map();
  private dueAt = new Date(0);
  private reading: Promise<void> | null = null;

  constructor(
    private readonly url: string,
    private readonly clock: Clock,
  ) {}

  async rates(): Promise<InterruptionRates> {
    if (this.clock.now() >= this.dueAt) {
      this.reading ??= this.read().finally(() => (this.reading = null));
      await this.reading;
    }
    const { bands } = this;
    return (region, type) => bandRate(bands.get(`${region}/${type}`) ?? catalogueType(type)?.band ?? -1);
  }

  private async read(): Promise<void> {
    try {
      const answer = await outboundFetch(this.url, { mostBytes: MOST_BYTES });
      if (!answer.ok) throw new Error(`It answered ${answer.status}`);
      this.bands = bandsOf(await answer.json());
      this.dueAt = secondsAfter(this.clock.now(), FRESH_SECONDS);
    } catch (error) {
      this.dueAt = secondsAfter(this.clock.now(), RETRY_SECONDS);
      this.logger.warn(`The spot advisor can not be read: ${(error as Error).message}`);
    }
  }
}

/** `{spot_advisor: {<region>: {Linux: {<type>: {s: savings, r: band}}}}}` */
function bandsOf(file: unknown): Map<string, number> {
  const bands = new Map<string, number>();
  for (const region of catalogueRegions()) {
    for (const { type } of catalogueTypes()) {
      const band = member(file, 'spot_advisor', region, 'Linux', type.name, 'r');
      if (typeof band === 'number' && bandRate(band) !== null) bands.set(`${region}/${type.name}`, band);
    }
  }
  if (bands.size === 0) throw new Error('Its file has another form than it had');
  return bands;
}

function member(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (found, name) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, name)
        ? (found as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}
