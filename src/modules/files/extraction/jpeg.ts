import type { ImageMetadata } from './extracted-metadata.js';
import { exifTurns } from './tiff.js';

/** Markers: ITU-T T.81, table B.1. */
const START_OF_IMAGE = 0xffd8;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const APP1 = 0xe1;
/** `Exif`, which two zeros follow. */
const EXIF = 0x45786966;
const EXIF_HEADER_BYTES = 6;

/** Its size, turned as Exif says; null where these bytes end before it is said. Looks at each byte once at most. */
export function jpegSize(bytes: Uint8Array): ImageMetadata | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 2 || view.getUint16(0) !== START_OF_IMAGE) return null;
  let isTurned = false;
  for (let at = 2; at + 9 <= bytes.length;) {
    const marker = view.getUint8(at + 1);
    // Fill bytes, and whatever careless programs leave between segments.
    if (view.getUint8(at) !== 0xff || marker === 0xff || marker === 0x00) {
      at += 1;
    } else if (marker === START_OF_SCAN || marker === END_OF_IMAGE) {
      return null;
    } else if (isFrame(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return isTurned ? { width: height, height: width } : { width, height };
    } else {
      const length = isAlone(marker) ? 0 : view.getUint16(at + 2);
      if (marker === APP1 && view.getUint32(at + 4) === EXIF) {
        isTurned = exifTurns(bytes.subarray(at + 4 + EXIF_HEADER_BYTES, at + 2 + length));
      }
      at += 2 + length;
    }
  }
  return null;
}

/** C0 to CF begin a frame, but for the tables among them. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const isAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
