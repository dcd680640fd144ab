/** The more particular first: most browsers also claim to be Chrome, and Chrome to be Safari. */
const BROWSERS = [
  ['Edge', /\bEdg(e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|CriOS)\//],
  ['Safari', /\bSafari\//],
] as const;

const SYSTEMS = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
] as const;

/**
 * What somebody signs in with, in words: "Firefox on Linux", or the product name
 * of a program ("curl"). Versions are left out, so that an update makes no new
 * device. A User-Agent is what its sender says it is: fit to tell people about,
 * not to prove anything.
 */
export function deviceOf(userAgent: string | null): string {
  if (userAgent === null || userAgent.trim() === '') return 'an unnamed program';
  const browser = BROWSERS.find(([, mark]) => mark.test(userAgent))?.[0];
  const system = SYSTEMS.find(([, mark]) => mark.test(userAgent))?.[0];
  const name = browser ?? productOf(userAgent);
  return system === undefined ? name : `${name} on ${system}`;
}

function productOf(userAgent: string): string {
  const [product = ''] = userAgent.trim().split(/[\s/]/, 1);
  return product === '' ? 'an unnamed program' : product;
}
