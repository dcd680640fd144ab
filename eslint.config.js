import eslint from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import a11y from 'eslint-plugin-jsx-a11y-x';
import hooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Imports point one way: modules -> common -> database -> telemetry -> config. */
const mayImport = {
  app: ['module', 'common', 'database', 'telemetry', 'config'],
  module: ['common', 'database', 'telemetry', 'config'],
  common: ['common', 'database', 'telemetry', 'config'],
  database: ['database', 'telemetry', 'config'],
  telemetry: ['telemetry', 'config'],
  config: ['config'],
  migration: [],
  // A program of its own: it knows of the server what goes over the wire, and the server nothing of it.
  sdk: [],
};

const policies = [
  ...Object.entries(mayImport).map(([type, targets]) => ({
    from: { element: { type } },
    allow: { to: { element: { types: { anyOf: [...targets, type] } } } },
  })),
  {
    // A module uses another only through its exported service or its events.
    from: { element: { type: 'module' } },
    disallow: { to: { element: { type: 'module' } } },
  },
  {
    from: { element: { type: 'module' } },
    allow: { to: { file: { categories: 'exported' } } },
  },
];

const typeormImport = {
  regex: '^typeorm(/|$)',
  message: 'Only *.repository.ts, *.entity.ts, database/ and migrations/ import typeorm.',
  allowTypeImports: true,
};

export default defineConfig(
  { ignores: ['dist/', 'data/', 'coverage/', 'bench/results/', 'sdk/src/schema.ts', 'sdk/examples.ts'] },
  eslint.configs.recommended,
  {
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', globalThis: 'readonly' },
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // NestJS modules are classes with nothing but their decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
      // What goes over the wire or into a query is plain data: its class is its shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': [
        'error',
        { allow: [{ from: 'lib', name: 'string' }, 'string'] },
      ],
      'max-lines': ['error', { max: 250 }],
    },
  },
  {
    files: ['src/**/*.ts', 'migrations/**/*.ts', 'sdk/src/**/*.ts'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { [`${import.meta.dirname}/eslint.resolver.cjs`]: {} },
      'boundaries/include': ['src/**/*.ts', 'migrations/**/*.ts', 'sdk/src/**/*.ts'],
      'boundaries/elements': [
        { type: 'module', pattern: 'src/modules/*', capture: ['name'] },
        { type: 'common', pattern: 'src/common' },
        { type: 'database', pattern: 'src/database' },
        { type: 'telemetry', pattern: 'src/telemetry' },
        { type: 'config', pattern: 'src/config' },
        { type: 'migration', pattern: 'migrations' },
        { type: 'sdk', pattern: 'sdk/src' },
        { type: 'app', pattern: 'src' },
      ],
      'boundaries/files': [
        { category: 'exported', pattern: 'src/modules/*/*.{service,events,module,dto,port}.ts' },
      ],
    },
    rules: {
      'boundaries/dependencies': ['error', { default: 'disallow', policies }],
      'max-lines-per-function': ['error', { max: 40, skipComments: true, skipBlankLines: true }],
      'no-console': 'error',
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [typeormImport] }],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'config/env.ts is the one reader of the environment.',
        },
        { object: 'Math', property: 'random', message: 'Ids and secrets come from crypto.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MethodDefinition[kind='constructor'] > FunctionExpression[params.length>6]",
          message: 'A constructor takes at most six parameters: split the class.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.repository.ts', 'src/**/*.entity.ts', 'src/database/**/*.ts', 'migrations/**/*.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
  {
    files: ['console/src/**/*.{ts,tsx}'],
    extends: [hooks.configs.flat['recommended-latest'], a11y.configs.recommended],
    rules: {
      'max-lines-per-function': ['error', { max: 40, skipComments: true, skipBlankLines: true }],
      'no-console': 'error',
      // React waits for no handler; what fails in one is told by whoever it calls.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'What the API answers is text or data, never markup of the page.',
        },
      ],
    },
  },
  { files: ['src/config/env.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['**/*.spec.ts'], rules: { 'max-lines-per-function': 'off' } },
  {
    files: ['test/**/*.ts', 'attack/**/*.ts', 'src/**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
