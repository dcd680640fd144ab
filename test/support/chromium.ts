import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { TestApp } from './app.js';
import { ROOT, builtConsole } from './console-build.js';
import { PASSWORD, type GivenUser } from './factories/given.js';
import { describeWhere } from './where.js';

const EXECUTABLE = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find(isExecutable);
/** Also where others keep the machine busy. */
const TIMEOUT_MS = 20_000;
const DESKTOP = { width: 1280, height: 800 };
type Scheme = 'light' | 'dark';

/** How somebody's window looks, where it is not a light one on a desk. */
export interface Looks {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: Scheme;
}

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
  describeWhere(EXECUTABLE !== undefined, 'chromium on PATH', name, stories);
}

/** Somebody's browser window on the console, and everything the page did wrong in it. */
export interface Visit {
  readonly page: Page;
  /** All of the window. Whoever asks for it may bend it for good, so no later story gets it. */
  readonly context: BrowserContext;
  /** Words on the console, exceptions, and what the content security policy stopped. */
  readonly faults: readonly string[];
}

export interface SignedInVisit extends Visit {
  readonly user: GivenUser;
}

/** Opens `start`'s application in a browser before the stories, and closes both after them. */
export function openConsole(
  opened: (console: { app: TestApp; browser: ConsoleBrowser }) => void,
  start: () => Promise<TestApp> = () => TestApp.start(),
  stop: (app: TestApp) => Promise<void> = (app) => app.stop(),
): void {
  let app: TestApp | undefined;
  let browser: ConsoleBrowser | undefined;
  beforeAll(async () => {
    app = await start();
    browser = await ConsoleBrowser.open(app);
    opened({ app, browser });
  });
  afterEach(() => browser?.leave());
  afterAll(async () => {
    await browser?.close();
    if (app !== undefined) await stop(app);
  });
}

/** One browser for a spec file; each visit has cookies and storage of its own. */
export class ConsoleBrowser {
  /** Of visits that are over: a new renderer costs three times what a page in it does. */
  private readonly idle: Page[] = [];
  private readonly inUse = new Map<Page, { isBent: boolean }>();

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
  async visit(path = '/', looks: Looks = {}): Promise<Visit> {
    return this.opened(await this.window(looks), path);
  }

  /** Somebody of this role, signed in by cookie. */
  async signedIn(role: string, path = '/', looks: Looks = {}): Promise<SignedInVisit> {
    return this.signedInAs(await this.app.given.user({ role }), path, looks);
  }

  async signedInAs(user: GivenUser, path = '/', looks: Looks = {}): Promise<SignedInVisit> {
    const page = await this.window(looks);
    const address = `${this.app.url}/api/v1/auth/login?session=cookie`;
    const answer = await page.request.post(address, { data: { email: user.email, password: PASSWORD } });
    if (!answer.ok()) throw new Error(`Sign-in of ${user.email} answered ${answer.status()}`);
    return Object.assign(await this.opened(page, path), { user });
  }

  /** Ends the visits of a story: nothing of them is left for those of the next. */
  async leave(): Promise<void> {
    const left = [...this.inUse];
    this.inUse.clear();
    for (const [page, { isBent }] of left) {
      if (!isBent && (await this.wiped(page))) this.idle.push(page);
      else await page.context().close();
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** A window in which nobody has been anywhere. */
  private async window({ viewport = DESKTOP, colorScheme = 'light' }: Looks): Promise<Page> {
    const page = this.idle.pop() ?? (await this.newPage());
    this.inUse.set(page, { isBent: false });
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    return page;
  }

  private async newPage(): Promise<Page> {
    const context = await this.browser.newContext();
    context.setDefaultTimeout(TIMEOUT_MS);
    return context.newPage();
  }

  private async opened(page: Page, path: string): Promise<Visit> {
    const faults = watch(page);
    await page.goto(`${this.app.url}/console${path}`);
    const bend = () => this.inUse.set(page, { isBent: true });
    return {
      page,
      faults,
      get context() {
        bend();
        return page.context();
      },
    };
  }

  /** Takes everything from a window that its visitor left there. */
  private async wiped(page: Page): Promise<boolean> {
    try {
      page.removeAllListeners();
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await page.mouse.move(0, 0);
      // Of the same origin, and without a script that would write anything more.
      await page.goto(`${this.app.url}/console/cloudkeep.svg`);
      await page.evaluate('localStorage.clear(); sessionStorage.clear()');
      await page.context().clearCookies();
      return page.context().pages().length === 1;
    } catch {
      return false;
    }
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
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE);
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
