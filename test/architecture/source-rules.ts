import ts from 'typescript';
import { nodesOf, type SourceFile } from './source-tree.js';

/** What a file breaks, in a few words; nothing when it keeps the rule. */
export type Rule = (file: SourceFile) => string[];

const LAYERS = {
  app: ['app', 'module', 'common', 'database', 'telemetry', 'config'],
  module: ['module', 'common', 'database', 'telemetry', 'config'],
  common: ['common', 'database', 'telemetry', 'config'],
  database: ['database', 'telemetry', 'config'],
  telemetry: ['telemetry', 'config'],
  config: ['config'],
  migration: ['migration'],
} as const;
type Layer = keyof typeof LAYERS;

function layerOf(path: string): Layer | undefined {
  const [root, folder, ...below] = path.split('/');
  if (root === 'migrations') return 'migration';
  if (root !== 'src') return undefined;
  if (below.length === 0) return 'app';
  if (folder === 'modules') return 'module';
  return isFolder(folder) ? folder : 'app';
}

const isFolder = (name?: string): name is 'common' | 'database' | 'telemetry' | 'config' =>
  ['common', 'database', 'telemetry', 'config'].includes(name ?? '');

const moduleOf = (path: string) => /^src\/modules\/([^/]+)\//.exec(path)?.[1];

/** modules -> common -> database -> telemetry -> config, and nobody reaches up. */
export const importsPointOneWay: Rule = ({ path, imports }) => {
  const allowed: readonly string[] = LAYERS[layerOf(path) ?? 'app'];
  return imports
    .filter(({ target, isLocal }) => isLocal && !allowed.includes(layerOf(target) ?? 'elsewhere'))
    .map(({ target }) => `${path} imports ${target}`);
};

/** A module shows others its service, its events, its wire shapes, its ports and its wiring. */
export const modulesKeepToThemselves: Rule = ({ path, imports }) =>
  imports
    .filter(({ target }) => moduleOf(path) !== undefined && moduleOf(target) !== undefined)
    .filter(({ target }) => moduleOf(target) !== moduleOf(path))
    .filter(({ target }) => !/\.(service|module|events|dto|port)\.ts$/.test(target))
    .map(({ target }) => `${path} imports ${target}`);

const MAY_SPEAK_SQL = /(\.(repository|entity)\.ts$|^src\/database\/|^migrations\/)/;

export const onlyRepositoriesUseTypeorm: Rule = ({ path, imports }) =>
  imports
    .filter(({ target, isTypeOnly }) => /^typeorm(\/|$)/.test(target) && !isTypeOnly)
    .filter(() => !MAY_SPEAK_SQL.test(path))
    .map(() => `${path} imports typeorm`);

/** `process.env` in any spelling, `process` handed on whole, or the environment imported by name. */
export const onlyConfigReadsTheEnvironment: Rule = ({ path, tree, imports }) => {
  if (path === 'src/config/env.ts') return [];
  const imported = imports.filter(({ target }) => /^(node:)?process$/.test(target));
  const read = nodesOf(tree)
    .filter(isProcess)
    .filter(({ parent }) => !ts.isPropertyAccessExpression(parent) || parent.name.text === 'env');
  return [...imported, ...read].map(() => `${path} reads the environment`);
};

function isProcess(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.getText() === 'globalThis.process';
  if (!ts.isIdentifier(node) || node.text !== 'process') return false;
  // The name of somebody else's property, and the declaration of one.
  const { parent } = node;
  return !('name' in parent && parent.name === node);
}

const FORBIDDEN = [
  { object: 'console', member: undefined },
  { object: 'Math', member: 'random' },
];

export const noConsoleNorMathRandom: Rule = ({ path, tree }) =>
  nodesOf(tree)
    .filter(ts.isPropertyAccessExpression)
    .filter(({ expression, name }) =>
      FORBIDDEN.some(
        ({ object, member }) =>
          ts.isIdentifier(expression) && expression.text === object && (member ?? name.text) === name.text,
      ),
    )
    .map((node) => `${path} uses ${node.getText()}`);

/** Its docstring says what the module is for and what it refuses. */
export const modulesSayWhatTheyRefuse: Rule = ({ path, tree }) => {
  if (!path.endsWith('.module.ts')) return [];
  const classes = tree.statements.filter(ts.isClassDeclaration);
  const texts = classes.map((node) =>
    ts
      .getJSDocCommentsAndTags(node)
      .map((comment) => comment.getText())
      .join(),
  );
  return texts.length === 1 && texts.every((text) => /\w[^.]+\. Refuses \w/.test(text)) ? [] : [path];
};

/** Others get a module's service, and nothing that would let them past it. */
export const modulesExportServicesOnly: Rule = ({ path, tree }) => {
  if (!/^src\/modules\/.*\.module\.ts$/.test(path)) return [];
  const ports = new Set(
    nodesOf(tree)
      .filter(ts.isImportDeclaration)
      .filter(({ moduleSpecifier }) => moduleSpecifier.getText().endsWith(".port.js'"))
      .flatMap((declaration) => nodesOf(declaration).filter(ts.isImportSpecifier))
      .map(({ name }) => name.getText()),
  );
  return nodesOf(tree)
    .filter(ts.isPropertyAssignment)
    .filter(({ name }) => name.getText() === 'exports')
    .flatMap(({ initializer }) =>
      ts.isArrayLiteralExpression(initializer) ? initializer.elements : [initializer],
    )
    .map((exported) => exported.getText())
    .filter((exported) => !/^\w+Service$/.test(exported) && !ports.has(exported))
    .map((exported) => `${path} exports ${exported}`);
};

/** One statement a handler, no `try`, no repository. */
export const controllersAreThin: Rule = ({ path, tree, imports }) => {
  if (!/\.(controller|gateway)\.ts$/.test(path)) return [];
  const nodes = nodesOf(tree);
  const thick = nodes
    .filter(ts.isMethodDeclaration)
    .filter(({ body }) => body?.statements.length !== 1)
    .map(
      (method) => `${path} ${method.name.getText()} has ${method.body?.statements.length ?? 0} statements`,
    );
  const injected = nodes
    .filter(ts.isConstructorDeclaration)
    .flatMap(({ parameters }) => parameters)
    .filter(
      ({ type }) => type !== undefined && /Repository|DataSource|EntityManager|^Sql$/.test(type.getText()),
    )
    .map((parameter) => `${path} injects ${parameter.type?.getText() ?? ''}`);
  return [
    ...thick,
    ...injected,
    ...nodes.filter(ts.isTryStatement).map(() => `${path} has a try`),
    ...imports
      .filter(({ target }) => /\.(repository|entity)\.ts$/.test(target))
      .map(({ target }) => `${path} imports ${target}`),
  ];
};

export const filesAndConstructorsAreSmall: Rule = ({ path, tree, text }) => [
  ...(text.trimEnd().split('\n').length > 250 ? [`${path} is longer than 250 lines`] : []),
  ...nodesOf(tree)
    .filter(ts.isConstructorDeclaration)
    .filter(({ parameters }) => parameters.length > 6)
    .map(({ parameters }) => `${path} has a constructor of ${parameters.length} parameters`),
];
