// `npm run attack -- --url https://…`: what of docs/security.md holds at a running Cloudkeep.
import { writeFileSync } from 'node:fs';
import { parseArgs, styleText } from 'node:util';
import { send } from './http.js';
import { LINES } from './lines.js';
import { attack, linesOf, type Outcome } from './outcome.js';
import { NewPeople, PREFIX } from './people.js';
import { sarifOf } from './sarif.js';
import { Target } from './target.js';

const USAGE = `Usage: npm run attack -- --url https://cloud.example.com [--token …] [--only 1,7] [--sarif findings.sarif]
  --token  of an administrator, who makes the accounts and deletes them; better in CLOUDKEEP_TOKEN`;
const EXIT = { held: 0, wentThrough: 1, couldNotRun: 2 };
const COLOURS = { held: 'green', 'went through': 'red', 'not tried': 'gray', failed: 'yellow' } as const;

/** What a person can do something about, in one line. */
class UsageError extends Error {}

interface Asked {
  readonly url: URL;
  readonly token: string | undefined;
  readonly lines: readonly number[];
  readonly sarif: string | undefined;
}

const say = (text: string) => void process.stdout.write(`${text}\n`);
// https://no-color.org: any value but the empty one.
const isColoured = process.stdout.isTTY && !process.env.NO_COLOR;

/** What is empty is not set. */
function tokenOfEnvironment(): string | undefined {
  const { CLOUDKEEP_TOKEN: token = '' } = process.env;
  return token === '' ? undefined : token;
}

function asked(): Asked {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { url: text, token: text, only: text, sarif: text } });
  if (values.url === undefined) throw new UsageError(USAGE);
  if (!URL.canParse(values.url) || !/^https?:/.test(values.url))
    throw new UsageError(`--url is no address such as https://cloud.example.com.`);
  const only = values.only?.split(',').map(Number) ?? [];
  const unknown = only.filter((line) => LINES[line] === undefined);
  if (unknown.length > 0) throw new UsageError(`--only takes the numbers of lines, such as 1,7.`);
  const token = values.token ?? tokenOfEnvironment();
  return { url: new URL(new URL(values.url).origin), token, lines: linesOf(only), sarif: values.sarif };
}

/** @returns its version. @throws UsageError where what answers is something else. */
async function versionOf(url: URL): Promise<string> {
  const { body } = await send(new URL('/health', url), 'GET').catch((error: unknown) => {
    const { code, message } = error as Error & { code?: string };
    throw new UsageError(`No server answers at ${url.origin} (${code ?? message}).`);
  });
  if (typeof body?.version !== 'string' || typeof body.components !== 'object')
    throw new UsageError(`What answers at ${url.origin} is no Cloudkeep.`);
  return body.version;
}

function print({ line, how, verdict, details }: Outcome): void {
  const word = verdict === 'went through' ? 'WENT THROUGH' : verdict;
  const shown = isColoured ? styleText(COLOURS[verdict], word.padEnd(12)) : word.padEnd(12);
  say(`${String(line).padStart(4)}  ${shown}  ${LINES[line]?.title}${how === '' ? '' : ` (${how})`}`);
  for (const detail of details) say(`${' '.repeat(20)}${detail}`);
}

async function run({ url, token, lines, sarif }: Asked): Promise<number> {
  const version = await versionOf(url);
  say(`Cloudkeep ${version} at ${url.origin}`);
  const end =
    token === undefined ? 'stay, as nobody else may delete them: give --token' : 'are deleted at the end';
  say(`Accounts named ${PREFIX}… are made there and ${end}.\n`);
  const people: NewPeople = new NewPeople(token, () => target);
  const target: Target = new Target(url, people);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void target.tidy().finally(() => process.exit(EXIT.couldNotRun)));
  const outcomes: Outcome[] = [];
  say(`line  ${'outcome'.padEnd(12)}  what`);
  try {
    for await (const outcome of attack(target, lines)) {
      outcomes.push(outcome);
      print(outcome);
    }
  } finally {
    await target.tidy();
  }
  const count = (verdict: Outcome['verdict']) => outcomes.filter((one) => one.verdict === verdict).length;
  say(`\n${count('held')} held, ${count('went through')} went through, ${count('not tried')} not tried`);
  if (people.left.length > 0) say(`These accounts stay: ${people.left.join(', ')}`);
  if (sarif !== undefined)
    writeFileSync(sarif, `${JSON.stringify(sarifOf(url, version, outcomes), null, 2)}\n`);
  if (count('went through') > 0) return EXIT.wentThrough;
  return count('failed') > 0 ? EXIT.couldNotRun : EXIT.held;
}

try {
  process.exitCode = await run(asked());
} catch (error) {
  const isOurs =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${isOurs ? (error as Error).message : String((error as Error).stack)}\n`);
  process.exitCode = EXIT.couldNotRun;
}
