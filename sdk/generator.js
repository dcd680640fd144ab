// @ts-check
import openapiTS, { astToString } from 'openapi-typescript';

const HEADER = `// Made from the server's own OpenAPI document by \`npm run sdk:generate\`: not to be edited.\n`;
const KEY = 'idempotency-key';

/**
 * What the SDK is told of the API, by file.
 *
 * @param {object} document the OpenAPI document of the server.
 * @returns {Promise<Record<string, string>>}
 */
export async function generated(document) {
  // A copy, because it is normalised in place.
  const copy = JSON.parse(JSON.stringify(document));
  const types = astToString(await openapiTS(copy, { alphabetize: true, defaultNonNullable: false }));
  return {
    'schema.ts': HEADER + types,
    'retryable-posts.ts': HEADER + retryablePosts(document),
  };
}

/** @param {any} document */
function retryablePosts({ paths }) {
  const takesKey = (/** @type {{ in: string, name: string }} */ one) =>
    one.in === 'header' && one.name.toLowerCase() === KEY;
  const found = Object.keys(paths)
    .filter((path) => (paths[path].post?.parameters ?? []).some(takesKey))
    .sort();
  const lines = found.map((path) => `  '${path}',\n`).join('');
  return `
/** Paths whose POST takes an \`Idempotency-Key\`, and so can be sent again. */
export const RETRYABLE_POSTS: ReadonlySet<string> = new Set([
${lines}]);
`;
}
