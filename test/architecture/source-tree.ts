import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

export const ROOT = join(import.meta.dirname, '..', '..');

/** One import, export-from or `import()` of a file. */
export interface Import {
  /** From the root, `src/app.ts`; a package by its name. */
  readonly target: string;
  readonly isLocal: boolean;
  /** Gone once compiled. */
  readonly isTypeOnly: boolean;
}

export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** Every TypeScript file below the folders, read with the compiler's own parser. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .map((file) => sourceFile(join(folder, file), readFileSync(join(ROOT, folder, file), 'utf8'))),
  );
}

/** Exported for the tests' own samples. */
export function sourceFile(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const imports = nodesOf(tree).flatMap((node) => {
    const found = importIn(node);
    return found === undefined ? [] : [resolvedFrom(path, found)];
  });
  return { path, text, tree, imports };
}

/** A node and everything below it. */
export function nodesOf(node: ts.Node): ts.Node[] {
  const below: ts.Node[] = [node];
  ts.forEachChild(node, (child) => void below.push(...nodesOf(child)));
  return below;
}

function importIn(node: ts.Node): Omit<Import, 'isLocal'> | undefined {
  if (ts.isImportDeclaration(node)) {
    return { target: literal(node.moduleSpecifier), isTypeOnly: importsTypesOnly(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { target: literal(node.moduleSpecifier), isTypeOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node)) {
    return {
      target: ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : '',
      isTypeOnly: true,
    };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { target: literal(node.arguments[0]), isTypeOnly: false };
  }
  return undefined;
}

/** `import type …`, or braces in which every name is a type. A bare `import './x.js'` runs it. */
function importsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

/** Empty for what is computed: no rule can be held against it. */
const literal = (node: ts.Node | undefined) =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : '';

function resolvedFrom(from: string, { target, isTypeOnly }: Omit<Import, 'isLocal'>): Import {
  if (!target.startsWith('.')) return { target, isTypeOnly, isLocal: false };
  const path = relative('.', join(dirname(from), target.replace(/\.js$/, '.ts')));
  return { target: path, isTypeOnly, isLocal: true };
}

/** Rings of files each of which imports the next, types aside; each ring once. */
export function circles(files: readonly SourceFile[]): string[] {
  const next = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.filter(({ isTypeOnly }) => !isTypeOnly).map(({ target }) => target),
    ]),
  );
  const found = new Set<string>();
  const done = new Set<string>();
  const follow = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const ring = trail.slice(start);
      const first = ring.indexOf([...ring].sort()[0] ?? '');
      found.add([...ring.slice(first), ...ring.slice(0, first)].join(' -> '));
    } else if (!done.has(path)) {
      for (const target of next.get(path) ?? []) follow(target, [...trail, path]);
      done.add(path);
    }
  };
  for (const path of next.keys()) follow(path, []);
  return [...found];
}
