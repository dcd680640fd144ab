/** Small files made by hand, as little of each format as tells what is looked for. */

/** A PDF of these objects, the first being its catalog, with a table of where they are. */
export function pdfOf(objects: readonly (string | Buffer)[], trailer = ''): Buffer {
  const parts = [Buffer.from('%PDF-1.7\n')];
  const offsets: string[] = [];
  let length = parts[0]?.length ?? 0;
  objects.forEach((object, index) => {
    const part = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(object),
      Buffer.from('\nendobj\n'),
    ]);
    offsets.push(`${String(length).padStart(10, '0')} 00000 n \n`);
    parts.push(part);
    length += part.length;
  });
  const size = objects.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** `title` as written in the file: `(in brackets)` or `<hexadecimal>`. */
export function pdfWithPages(pages: number, title = '(A title)'): Buffer {
  const kids = Array.from({ length: pages }, (_, index) => `${index + 4} 0 R`);
  return pdfOf(
    [
      '<< /Type /Catalog /Pages 2 0 R >>',
      `<< /Type /Pages /Count ${pages} /Kids [${kids.join(' ')}] >>`,
      `<< /Title ${title} >>`,
      ...kids.map(() => '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>'),
    ],
    '/Info 3 0 R',
  );
}

/** One page, and this as the XMP packet that describes it. */
export function pdfWithXmp(packet: Buffer, entries = ''): Buffer {
  return pdfOf([
    '<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    '<< /Type /Page /Parent 2 0 R >>',
    Buffer.concat([
      Buffer.from(`<< /Type /Metadata /Subtype /XML /Length ${packet.length} ${entries} >> stream\n`),
      packet,
      Buffer.from('\nendstream'),
    ]),
  ]);
}

export function png(width: number, height: number): Buffer {
  const header = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR', 'latin1');
  return Buffer.concat([header, uint32(width), uint32(height), Buffer.from([8, 6, 0, 0, 0, 0, 0, 0, 0])]);
}

/** `before`: what stands between its beginning and its frame, as segments. */
export function jpeg(width: number, height: number, before: readonly Buffer[] = [], frame = 0xc0): Buffer {
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...before,
    segment(frame, Buffer.concat([Buffer.from([8]), uint16(height), uint16(width), Buffer.from([0])])),
    Buffer.from([0xff, 0xda, 0, 2, 0xff, 0xd9]),
  ]);
}

export function segment(marker: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xff, marker]), uint16(data.length + 2), data]);
}

/** The Exif of a camera held so. */
export function exif(orientation: number): Buffer {
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff([[274, 3, orientation]])]));
}

/** A TIFF of these entries (tag, type, value), little-endian, its directory behind `gap` bytes. */
export function tiff(entries: readonly (readonly [number, 3 | 4, number])[], gap = 0): Buffer {
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length);
  entries.forEach(([tag, type, value], index) => {
    const at = 2 + index * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(1, at + 4);
    directory.writeUInt32LE(value, at + 8);
  });
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1');
  header.writeUInt32LE(8 + gap, 4);
  return Buffer.concat([header, Buffer.alloc(gap, 0x55), directory]);
}

/** HEIC or AVIF of pictures of these sizes, turned by so many quarters. */
export function heif(brand: string, sizes: readonly (readonly [number, number])[], quarters = 0): Buffer {
  const properties = sizes.map(([width, height]) =>
    box('ispe', Buffer.concat([Buffer.alloc(4), uint32(width), uint32(height)])),
  );
  const rotation = quarters === 0 ? [] : [box('irot', Buffer.from([quarters]))];
  const ipco = box('ipco', Buffer.concat([...properties, ...rotation]));
  const meta = box('meta', Buffer.concat([Buffer.alloc(4), box('iprp', ipco)]));
  return Buffer.concat([box('ftyp', Buffer.from(`${brand}\0\0\0\0mif1`, 'latin1')), meta]);
}

export function box(name: string, data: Buffer): Buffer {
  return Buffer.concat([uint32(data.length + 8), Buffer.from(name, 'latin1'), data]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
