import { Metrics } from './common/http/metrics.js';
import type { Config } from './config/config.js';
import { StorageCheckModule } from './modules/files/storage-check.module.js';
import { StorageCheckService } from './modules/files/storage-check.service.js';
import { withPart } from './part-of-house.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';
import { Tracing } from './telemetry/tracing.js';

/** The store counts its failures, here for nobody. */
const PART = { imports: [TelemetryModule.forRoot(Tracing.off()), StorageCheckModule], providers: [Metrics] };

/**
 * What the store holds without a row, and rows without what they name; both listed.
 *
 * @param repair whether to remove the former.
 */
export function checkStorage(config: Config, databaseUrl: string, repair: boolean): Promise<string> {
  return withPart(config, databaseUrl, PART, async (part) => {
    const lines: string[] = [];
    const { orphans, removed, missing } = await part
      .get(StorageCheckService)
      .check(repair, (kind, key) => lines.push(`${kind.padEnd(8)}${key}`));
    lines.push(
      `${orphans} objects without a row${repair ? `, ${removed} removed` : ''}; ${missing} rows without their object.`,
    );
    return lines.join('\n');
  });
}
