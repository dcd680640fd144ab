import type { Links } from './links.js';
import { oneLine } from './words.js';

/** What a template makes. */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A paragraph, a list, or a link that stands alone. */
export type Part =
  string | { readonly list: readonly string[] } | { readonly link: string; readonly label: string };

/**
 * Sets the parts as plain text and as HTML. Templates write neither: here
 * everything is flattened to one line and escaped, so no name can break out.
 */
export function layout(subject: string, parts: readonly Part[], links: Links): RenderedMail {
  const footer = `Sent by Cloudkeep at ${links.home}. Nobody reads answers to this address.`;
  return {
    subject: oneLine(subject),
    text: [...parts.map(asText), '-- ', footer].join('\n\n').replace('-- \n\n', '-- \n') + '\n',
    html: [
      '<!doctype html>',
      `<html lang="en"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>`,
      '<body style="font: 16px/1.5 sans-serif; color: #222; max-width: 36em; margin: 2em auto; padding: 0 1em">',
      ...parts.map(asHtml),
      `<p style="color: #666; font-size: 13px">${escaped(footer)}</p>`,
      '</body></html>',
      '',
    ].join('\n'),
  };
}

function asText(part: Part): string {
  if (typeof part === 'string') return oneLine(part);
  if ('list' in part) return part.list.map((item) => `- ${oneLine(item)}`).join('\n');
  return part.link;
}

function asHtml(part: Part): string {
  if (typeof part === 'string') return `<p>${escaped(part)}</p>`;
  if ('list' in part) return `<ul>${part.list.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
  return `<p><a href="${escaped(part.link)}">${escaped(part.label)}</a></p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return oneLine(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
