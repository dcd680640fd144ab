import type { IImage } from 'image-size/types/interface';
import type { ImageMetadata } from './extracted-metadata.js';
import { jpegSize } from './jpeg.js';
import type { StoredBytes } from './stored-bytes.js';
import { tiffSize } from './tiff.js';

const KIB = 1024;
/** What nearly every JPEG says it in; colour profiles and previews of some cameras come first. */
const JPEG_STEPS = [256 * KIB, 4_096 * KIB];
const SVG_HEAD_BYTES = 64 * KIB;
const HEADER_BYTES = 64;
/** Boxes before the pixels. The library compares each with each: more would hold the event loop up. */
const HEIF_HEAD_BYTES = 32 * KIB;
/** What the formats can hold at most; also an integer everywhere. */
const MOST_PIXELS = 2 ** 31 - 1;

type Look = (bytes: StoredBytes) => Promise<ImageMetadata | null>;

const LOOKS: Readonly<Record<string, Look>> = {
  'image/jpeg': jpeg,
  'image/tiff': tiffSize,
  'image/svg+xml': async (bytes) => (await import('./svg.js')).svgSize(await bytes.take(0, SVG_HEAD_BYTES)),
  'image/png': async (bytes) => header((await import('image-size/types/png')).PNG, bytes),
  'image/gif': async (bytes) => header((await import('image-size/types/gif')).GIF, bytes),
  'image/webp': async (bytes) => header((await import('image-size/types/webp')).WEBP, bytes),
  'image/bmp': bmp,
  'image/avif': heif,
  'image/heic': heif,
  'image/heif': heif,
};

/** How to find an image's size; undefined for what is none, or of another format. */
export function imageLook(contentType: string): Look | undefined {
  const look = Object.hasOwn(LOOKS, contentType) ? LOOKS[contentType] : undefined;
  return look && (async (bytes) => plausible(await look(bytes)));
}

async function jpeg(bytes: StoredBytes): Promise<ImageMetadata | null> {
  for (const most of JPEG_STEPS) {
    const size = jpegSize(await bytes.take(0, most));
    if (size !== null || most >= bytes.size) return size;
  }
  return null;
}

async function header(format: IImage, bytes: StoredBytes): Promise<ImageMetadata | null> {
  const head = await bytes.take(0, HEADER_BYTES);
  return format.validate(head) ? format.calculate(head) : null;
}

/** The oldest kind has another header, which the library would misread. */
async function bmp(bytes: StoredBytes): Promise<ImageMetadata | null> {
  const { BMP } = await import('image-size/types/bmp');
  const head = await bytes.take(0, HEADER_BYTES);
  return BMP.validate(head) && head[14] !== 12 ? BMP.calculate(head) : null;
}

/** The largest of its pictures: the others are its preview, or tiles that it is made of. */
async function heif(bytes: StoredBytes): Promise<ImageMetadata | null> {
  const { HEIF } = await import('image-size/types/heif');
  const head = await bytes.take(0, HEIF_HEAD_BYTES);
  if (!HEIF.validate(head)) return null;
  const size = HEIF.calculate(head);
  const [largest] = (size.images ?? [size]).toSorted((a, b) => b.width * b.height - a.width * a.height);
  if (largest === undefined) return null;
  return isRotated(head) ? { width: largest.height, height: largest.width } : largest;
}

/** A box `irot` of nine bytes whose last says quarters of a turn (ISO/IEC 23008-12, 6.5.10). */
const ROTATION = Buffer.from('\0\0\0\x09irot', 'latin1');

function isRotated(head: Uint8Array): boolean {
  const at = Buffer.from(head.buffer, head.byteOffset, head.byteLength).indexOf(ROTATION);
  return at !== -1 && ((head[at + ROTATION.length] ?? 0) & 1) === 1;
}

function plausible(size: ImageMetadata | null): ImageMetadata | null {
  if (size === null) return null;
  const { width, height } = size;
  return [width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= MOST_PIXELS)
    ? { width, height }
    : null;
}
