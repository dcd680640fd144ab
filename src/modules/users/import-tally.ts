import type { FieldError } from '../../common/errors/app-error.js';
import type { ImportLineDto, ImportReportDto } from './user-import.dto.js';

const MOST_LINES = 1_000;
const LONGEST_EMAIL = 254;

/** What became of each line: all are counted, the first that went wrong are told of. */
export class ImportTally {
  created = 0;
  private skipped = 0;
  private failed = 0;
  private readonly lines: ImportLineDto[] = [];

  get total(): number {
    return this.created + this.skipped + this.failed;
  }

  get isClean(): boolean {
    return this.skipped === 0 && this.failed === 0;
  }

  get counts(): Pick<ImportReportDto, 'created' | 'skipped' | 'failed'> {
    return { created: this.created, skipped: this.skipped, failed: this.failed };
  }

  refuse(line: number, value: unknown, status: ImportLineDto['status'], errors: readonly FieldError[]): void {
    this[status]++;
    if (this.lines.length < MOST_LINES)
      this.lines.push({ line, email: emailIn(value), status, errors: [...errors] });
  }

  /** What became of further lines. */
  add({ created, skipped, failed, lines }: ImportTally): void {
    this.created += created;
    this.skipped += skipped;
    this.failed += failed;
    this.lines.push(...lines.slice(0, MOST_LINES - this.lines.length));
  }

  report(applied: boolean): ImportReportDto {
    const { total } = this;
    const lines = this.lines.toSorted((one, other) => one.line - other.line);
    return { applied, total, ...this.counts, lines, lines_omitted: total - this.created - lines.length };
  }
}

/** As it was given, whatever it is. */
function emailIn(value: unknown): string | null {
  const { email } = (value ?? {}) as { email?: unknown };
  return typeof email === 'string' ? email.slice(0, LONGEST_EMAIL).toWellFormed() : null;
}
