import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
export const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
export const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')),
].map((name) => (name === 'README.md' ? name : `docs/${name}`));

export interface Block {
  readonly page: string;
  /** As the fence says; `sh` for what is indented and begins with a program. */
  readonly language: string;
  readonly text: string;
}

/** A command as somebody would paste it, on one line where it was on several. */
export interface Command {
  readonly page: string;
  readonly text: string;
  /** What its comment says. */
  readonly comment?: string;
}

/** What tells a command from any other indented line, or from other words between backticks. */
const PROGRAM =
  /^(?:npm|npx|node|cd|docker|kubectl|helm|psql|curl|mkdir|apt-get|export|openssl)\s|^\.\/[\w-]+\.sh|^\.ci\/(?:run|upgrade)/;
const FENCED = /^```(\w*)\n([^]*?)^```$/gm;

/** A block that a test pastes as it stands; the others are each decided about in documented-commands.ts. */
export const isRun = ({ language, text }: Block) => language === 'sh' && /(^|[\s(])curl\s/m.test(text);

/** Every example of a page that stands apart from its text. */
export function blocksOf(page: string): Block[] {
  const text = textOf(page);
  const fenced = [...text.matchAll(FENCED)].map(([, language = '', inside = '']) => ({
    page,
    language,
    text: inside,
  }));
  const indented = [...text.replaceAll(FENCED, '').matchAll(/(?:^ {4}\S.*\n?)+/gm)]
    .map(([inside]) => inside.replaceAll(/^ {4}/gm, ''))
    .filter((inside) => PROGRAM.test(inside))
    .map((inside) => ({ page, language: 'sh', text: inside }));
  return [...fenced, ...indented];
}

/** Between backticks in the text, as in tables. */
export function inlineCommandsOf(page: string): Command[] {
  const text = textOf(page)
    .replaceAll(FENCED, '')
    .replaceAll(/^ {4}.*$/gm, '');
  return [...text.matchAll(/`([^`\n]+)`/g)]
    .map(([, inside = '']) => ({ page, text: inside.trim() }))
    .filter(({ text: inside }) => PROGRAM.test(inside));
}

/** The commands of a shell block: lines that belong together are one, comments are gone. */
export function commandsOf({ page, text }: Block): Command[] {
  const commands: Command[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    open += open === '' ? line : `\n${line}`;
    if (!isComplete(open)) continue;
    const command = withoutComment(open)
      .replaceAll(/\s*\\?\n\s*/g, ' ')
      .trim();
    const comment = open.slice(withoutComment(open).trimEnd().length).replace(/^[\s#]*/, '');
    if (command !== '') commands.push({ page, text: command, comment });
    open = '';
  }
  if (open.trim() !== '') throw new Error(`${page} has a command that does not end: ${open}`);
  return commands;
}

function isComplete(text: string): boolean {
  if (text.endsWith('\\')) return false;
  const plain = withoutComment(text).replaceAll(/\\./g, '');
  const unquoted = plain.replaceAll(/'[^']*'/g, '').replaceAll(/"[^"]*"/g, '');
  if (/['"]/.test(unquoted)) return false;
  return (
    [...unquoted].filter((sign) => sign === '(').length <= [...unquoted].filter((sign) => sign === ')').length
  );
}

/** A `#` after white space and outside of quotes begins one. */
function withoutComment(text: string): string {
  return text.replaceAll(
    /('[^']*'|"(?:\\.|[^"\\])*")|(^|\s)#[^\n]*/g,
    (_, quoted: string | undefined) => quoted ?? '',
  );
}
