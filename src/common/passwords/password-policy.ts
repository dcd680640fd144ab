import { createRequire } from 'node:module';

/** Fewest characters of a password that stands alone (NIST SP 800-63B-4 asks for 15, or 8 beside a second factor). */
const MIN_LENGTH = 12;
/** Fewest characters where a second factor is asked for as well. */
const MIN_LENGTH_WITH_MFA = 8;
export const MAX_LENGTH = 128;
/** UTF-16 units no text of 128 characters reaches, decomposed or not: a megabyte is refused uncounted. */
const UNREADABLY_LONG = 8 * MAX_LENGTH;

/** Characters that must remain once the owner's own words are taken out. */
const MIN_BEYOND_OWN_WORDS = 6;
/** A repeated unit shorter than the shortest password allowed makes no password, however often it repeats. */
const MIN_REPEATED_UNIT = MIN_LENGTH_WITH_MFA;
/** Three characters can be arranged, but not into anything a guesser would not try early. */
const MIN_DISTINCT = 4;
/** Shorter common words ("love") turn up inside good passwords; alone they count only before a common tail. */
const MIN_COMMON_WORD = 6;

/** Longest address there is (RFC 5321 section 4.5.3.1.3). A body may hold anything before its other fields are checked. */
const MAX_WORD = 254;

const PRODUCT_WORDS = ['cloudkeep'] as const;

/** Who the password is for. */
export interface PasswordContext {
  /** Raw words an attacker knows about the owner: username, e-mail address, full name. */
  readonly words: readonly string[];
  readonly mfaEnabled?: boolean;
}

/**
 * What is wrong with a password its owner wants, as sentences to show them;
 * empty when nothing is. Never throws and never quotes the password.
 *
 * Length counts Unicode code points of the NFC form, which is what gets hashed.
 * There are no composition rules; common, repetitive and context-specific
 * passwords are refused (NIST SP 800-63B-4 section 3.1.1.2, OWASP ASVS 5.0 V6.2).
 * Beyond exact matches it refuses what cracking rules derive first: a common word
 * with capitals, look-alike signs ("P@ssw0rd") or digits and punctuation around it.
 */
export function checkPassword(password: string, context: PasswordContext): string[] {
  const length = password.length > UNREADABLY_LONG ? Infinity : codePoints(password.normalize('NFC'));
  // Alone: the rules below would read all of it, and say nothing its owner needs.
  if (length > MAX_LENGTH) return [`Use at most ${MAX_LENGTH} characters.`];
  const minimum = context.mfaEnabled === true ? MIN_LENGTH_WITH_MFA : MIN_LENGTH;
  const complaints: string[] = [];
  if (length < minimum) complaints.push(`Use at least ${minimum} characters.`);
  if (/[\0\p{Surrogate}]/u.test(password)) {
    complaints.push('Leave out NUL and broken characters: they cannot be typed again.');
  }
  if (isCommon(password)) complaints.push('Choose another: this password is among the first to be guessed.');
  if (isRepetitive(password)) complaints.push('Avoid repeated characters and runs such as "abcd" or "1234".');
  if (isBuiltOnOwnWords(password, context.words)) {
    complaints.push("Avoid your own name, username and e-mail address, and the product's name.");
  }
  return complaints;
}

function codePoints(text: string): number {
  return [...text].length;
}

/** Lower case, and full-width or ligature forms as plain letters. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Without what people put between words. Emoji and signs stay: those are chosen characters. */
function joined(folded: string): string {
  return folded.replace(/[\p{Z}\p{Cc}\p{Pd}\p{Pc}.,:;/|+]+/gu, '');
}

const LOOKALIKES = new Map(
  Object.entries({ 0: 'o', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', 9: 'g', '@': 'a', $: 's' }),
);

/** The word look-alike signs stand for; "1", "!" and "|" stand for `one`, which may be i or l. */
function withoutLookalikes(folded: string, one: 'i' | 'l'): string {
  return folded.replace(/[013457-9@$!|]/g, (sign) => LOOKALIKES.get(sign) ?? one);
}

function withSpellings(folded: string): string[] {
  return [folded, withoutLookalikes(folded, 'i'), withoutLookalikes(folded, 'l')];
}

function trimEnd(text: string): string {
  return text.replace(/[^\p{L}]+$/u, '');
}

function trimBoth(text: string): string {
  return trimEnd(text).replace(/^[^\p{L}]+/u, '');
}

/** What is left as decoration is peeled off layer by layer, since digits at the end may stand for letters. */
function cores(password: string): Set<string> {
  const folded = fold(password);
  const found = new Set<string>();
  for (const base of [folded, joined(folded)]) {
    for (const core of [base, base.replace(/[^\p{L}\p{N}]+$/u, ''), trimEnd(base), trimBoth(base)]) {
      found.add(core);
    }
  }
  return found;
}

let commonPasswords: ReadonlySet<string> | undefined;

/**
 * 49 000 common passwords, lower case (zxcvbn-ts, from leaked lists). Read at
 * the first check and not at start-up: it costs 20 to 80 ms and 4 MB.
 */
function common(): ReadonlySet<string> {
  if (!commonPasswords) {
    const load = createRequire(import.meta.url);
    const list = load('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common');
    commonPasswords = new Set(list.dictionary['passwords-common']);
  }
  return commonPasswords;
}

function isListed(word: string, atLeast: number): boolean {
  return word.length >= atLeast && withSpellings(word).some((spelling) => common().has(spelling));
}

function isCommon(password: string): boolean {
  for (const core of cores(password)) {
    if (isListed(core, MIN_COMMON_WORD) || isListed(repeatedUnit(core), MIN_COMMON_WORD)) return true;
  }
  return isShortWordWithCommonTail(password);
}

/** "admin1234567", "love20202020": neither half says much, and both are guessed together. */
function isShortWordWithCommonTail(password: string): boolean {
  const whole = joined(fold(password));
  const word = trimEnd(whole);
  const tail = whole.slice(word.length);
  return isListed(word, 3) && (isListed(tail, 4) || isRun(tail) || repeatedUnit(tail) !== tail);
}

function isRepetitive(password: string): boolean {
  if (new Set(fold(password)).size < MIN_DISTINCT) return true;
  for (const core of cores(password)) {
    if (core.length < MIN_BEYOND_OWN_WORDS) continue;
    const unit = repeatedUnit(core);
    if (isRun(core) || (unit !== core && codePoints(unit) < MIN_REPEATED_UNIT)) return true;
  }
  return false;
}

/** The shortest text whose repetition gives `text` ("abc" of "abcabcab"), or `text` itself. */
function repeatedUnit(text: string): string {
  const characters = [...text];
  for (let period = 1; period <= characters.length / 2; period += 1) {
    if (characters.every((character, i) => i < period || character === characters[i - period])) {
      return characters.slice(0, period).join('');
    }
  }
  return text;
}

const KEYBOARD_ROWS = [
  '1234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
] as const;

/** Whether two characters are the same or neighbours, in the alphabet or on a keyboard row. */
function follows(previous: string, next: string): boolean {
  const step = (next.codePointAt(0) ?? 0) - (previous.codePointAt(0) ?? 0);
  return (
    Math.abs(step) <= 1 ||
    KEYBOARD_ROWS.some((row) => row.includes(previous + next) || row.includes(next + previous))
  );
}

/** Whether a text consists of obvious runs of three characters or more on average: "qwer1234asdf". */
function isRun(text: string): boolean {
  const characters = [...text];
  const runs = characters.filter(
    (character, i) => i === 0 || !follows(characters[i - 1] ?? '', character),
  ).length;
  return characters.length >= 3 && runs <= characters.length / 3;
}

/**
 * Whether too little is left once the owner's words, and the digits and signs
 * around them, are taken out: fewer than six characters, or a common password.
 * A word inside a longer phrase does no harm.
 */
function isBuiltOnOwnWords(password: string, words: readonly string[]): boolean {
  const own = ownWords(words);
  const whole = joined(fold(password));
  return withSpellings(whole).some((spelling) => {
    // Blanked, not cut: a spelling is as long as the original, whose digits still count as digits.
    const blanked = own.reduce((left, word) => left.replaceAll(word, '\0'.repeat(word.length)), spelling);
    if (blanked === spelling) return false;
    const kept = trimBoth(whole.replace(/[^]/g, (unit, at: number) => (blanked[at] === '\0' ? '' : unit)));
    return codePoints(kept) < MIN_BEYOND_OWN_WORDS || isCommon(kept);
  });
}

/** Words whole, local parts of addresses, parts of four characters or more; longest first, so none hides another. */
function ownWords(words: readonly string[]): string[] {
  const found = new Set<string>(PRODUCT_WORDS);
  for (const word of words.map((raw) => fold(raw.slice(0, MAX_WORD)))) {
    for (const whole of [word, word.split('@', 1)[0] ?? '']) {
      // "bob" is worth refusing as a username; "al" would eat half of any sentence.
      if (joined(whole).length >= 3) found.add(joined(whole));
    }
    for (const part of word.split(/[^\p{L}\p{M}\p{N}]+/u)) if (part.length >= 4) found.add(part);
  }
  return [...found].sort((a, b) => b.length - a.length);
}
