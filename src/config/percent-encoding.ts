/** @returns undefined where the text is not percent-encoded as it should be (RFC 3986 section 2.1). */
export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
