import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/**
 * What is not mutated, because no rule rests on it: words for people, in errors and
 * in logs, and decorators, which wire what the tests of the whole application run.
 */
const wording = {
  shouldIgnore(path) {
    if (path.isDecorator()) return 'Wiring';
    if (isLogged(path)) return 'Words for people';
    if (!path.isStringLiteral() && !path.isTemplateLiteral()) return undefined;
    return isSaid(path.parentPath) ? 'Words for people' : undefined;
  },
};

function isLogged(path) {
  return path.isCallExpression() && /logger$/.test(path.node.callee.object?.property?.name);
}

function isSaid(path) {
  if (path.isNewExpression()) return /(Error|Logger)$/.test(path.node.callee.name);
  if (!path.isCallExpression()) return false;
  return /Errors$/.test(path.node.callee.object?.name);
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'wording', wording)];
