import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import type { TestApp } from './app.js';
import { ROOT, builtConsole } from './console-build.js';
import { PASSWORD, type GivenUser } from './factories/given.js';

const EXECUTABLE = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find(isExecutable);
const TIMEOUT_MS = 10_000;
const DESKTOP = { width: 1280, height: 800 };
/** The narrowest screen that people still have. */
export const PHONE = { width: 360, height: 740 };

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The stories that need a browser; without one on PATH they are skipped, and say so. */
export function describeWithChromium(name: string, stories: () => void): void {
  if (EXECUTABLE !== undefined) return describe(name, stories);
  console.warn(`SKIPPED: ${name}: there is no chromium on PATH`);
  describe.skip(name, stories);
}

/** Somebody's browser window on the console, and everything the page did wrong in it. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Words on the console, exceptions, and what the content security policy stopped. */
  readonly faults: readonly string[];
}

export interface SignedInVisit extends Visit {
  readonly user: GivenUser;
}

/** One browser for a spec file; each visit has cookies and storage of its own. */
export class ConsoleBrowser {
  private constructor(
    private readonly browser: Browser,
    readonly app: TestApp,
  ) {}

  static async open(app: TestApp): Promise<ConsoleBrowser> {
    builtConsole();
    // Root may not use the sandbox of the browser; containers have little of /dev/shm.
    const args = ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
    const browser = await chromium.launch({ executablePath: EXECUTABLE ?? '', args });
    return new ConsoleBrowser(browser, app);
  }

  /** Somebody who is not signed in. */
  async visit(path = '/', options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await this.newContext(options);
    return this.opened(context, path);
  }

  /** Somebody of this role, signed in by cookie. */
  async signedIn(role: string, path = '/', options: BrowserContextOptions = {}): Promise<SignedInVisit> {
    return this.signedInAs(await this.app.given.user({ role }), path, options);
  }

  async signedInAs(user: GivenUser, path = '/', options: BrowserContextOptions = {}): Promise<SignedInVisit> {
    const context = await this.newContext(options);
    const address = `${this.app.url}/api/v1/auth/login?session=cookie`;
    const answer = await context.request.post(address, { data: { email: user.email, password: PASSWORD } });
    if (!answer.ok()) throw new Error(`Sign-in of ${user.email} answered ${answer.status()}`);
    return { ...(await this.opened(context, path)), user };
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  private async newContext(options: BrowserContextOptions): Promise<BrowserContext> {
    const context = await this.browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(TIMEOUT_MS);
    return context;
  }

  private async opened(context: BrowserContext, path: string): Promise<Visit> {
    const page = await context.newPage();
    const faults = watch(page);
    await page.goto(`${this.app.url}/console${path}`);
    return { page, context, faults };
  }
}

function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (!['error', 'warning'].includes(message.type())) return;
    // The browser notes every refusal of the API; what the page makes of it is the story's to tell.
    if (/^Failed to load resource: the server responded with a status of [45]/.test(text)) return;
    faults.push(`console: ${text}`);
  });
  return faults;
}

const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** What axe-core finds wrong for people who do not use a mouse or see the page; a line each. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate<AxeResults>('axe.run()');
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html} ${failureSummary}`),
  );
}

/** How many pixels one would have to scroll sideways. */
export async function sideways(page: Page): Promise<number> {
  const { scrollWidth, clientWidth } = await page.evaluate<{ scrollWidth: number; clientWidth: number }>(
    '({ scrollWidth: document.documentElement.scrollWidth, clientWidth: document.documentElement.clientWidth })',
  );
  return scrollWidth - clientWidth;
}

/** A picture for the documentation, where `CONSOLE_SCREENSHOTS=1` asks for new ones. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.CONSOLE_SCREENSHOTS !== '1') return;
  await page.screenshot({ path: join(ROOT, 'docs/console', `${name}.png`) });
}
