import { onceShellIsGone } from './shell.js';
import { createApp } from './app.js';
import { giveMemoryBack, printBanner, readConfig, reportFailure } from './bootstrap.js';
import { isStartedByNpm } from './config/env.js';

try {
  const config = readConfig();
  const app = await createApp(config);
  const url = await app.listen().catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  // However often: npm passes on a Ctrl-C that the terminal has given to this process as well.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void app.shutDown());
  if (isStartedByNpm()) onceShellIsGone(() => void app.shutDown());
  printBanner(url, config, app.firstAdmin);
  giveMemoryBack();
} catch (error) {
  reportFailure(error);
  // Connections that were opened before would keep the process for seconds.
  process.exit();
}
