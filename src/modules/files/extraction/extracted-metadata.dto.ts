import { ApiProperty } from '@nestjs/swagger';
import type { ExtractedMetadata, ImageMetadata, PdfMetadata, TextMetadata } from './extracted-metadata.js';

export class ImageMetadataDto {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1920, description: 'In pixels, as it is shown.' })
  width!: number;

  @ApiProperty({ type: 'integer', minimum: 1, example: 1080 })
  height!: number;

  static of({ width, height }: ImageMetadata): ImageMetadataDto {
    return { width, height };
  }
}

export class PdfMetadataDto {
  @ApiProperty({ type: 'integer', minimum: 0, example: 12 })
  pages!: number;

  @ApiProperty({ type: 'string', nullable: true, maxLength: 500, example: 'Annual report' })
  title!: string | null;

  static of({ pages, title }: PdfMetadata): PdfMetadataDto {
    return { pages, title };
  }
}

export class TextMetadataDto {
  @ApiProperty({ example: 'UTF-8', description: 'As it seems: UTF-8 is certain, what is older is guessed.' })
  encoding!: string;

  @ApiProperty({ description: 'Whether it begins with a byte order mark.' })
  bom!: boolean;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    minimum: 0,
    example: 42,
    description: 'Null for what is too long to be counted.',
  })
  lines!: number | null;

  static of({ encoding, bom, lines }: TextMetadata): TextMetadataDto {
    return { encoding, bom, lines };
  }
}

/** What the server read out of a file's bytes: the member of its kind is there, the others are absent. */
export class ExtractedMetadataDto {
  @ApiProperty({ type: () => ImageMetadataDto, required: false })
  image?: ImageMetadataDto;

  @ApiProperty({ type: () => PdfMetadataDto, required: false })
  pdf?: PdfMetadataDto;

  @ApiProperty({ type: () => TextMetadataDto, required: false })
  text?: TextMetadataDto;

  static of({ image, pdf, text }: ExtractedMetadata): ExtractedMetadataDto {
    return {
      ...(image && { image: ImageMetadataDto.of(image) }),
      ...(pdf && { pdf: PdfMetadataDto.of(pdf) }),
      ...(text && { text: TextMetadataDto.of(text) }),
    };
  }
}
