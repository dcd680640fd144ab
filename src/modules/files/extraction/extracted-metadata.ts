/** In pixels, as it is shown: turned as its camera noted. */
export interface ImageMetadata {
  readonly width: number;
  readonly height: number;
}

export interface PdfMetadata {
  readonly pages: number;
  /** One line of at most 500 characters; null where the document names none. */
  readonly title: string | null;
}

export interface TextMetadata {
  /** A name of the WHATWG Encoding Standard or IANA: `UTF-8`, `windows-1252`, `Shift_JIS`. */
  readonly encoding: string;
  /** Whether it begins with a byte order mark. */
  readonly bom: boolean;
  /** Null for what is too long to be counted. */
  readonly lines: number | null;
}

/** What a file's bytes tell of it: plain JSON, fit for a jsonb column. One of them is there. */
export interface ExtractedMetadata {
  readonly image?: ImageMetadata;
  readonly pdf?: PdfMetadata;
  readonly text?: TextMetadata;
}
