/** One field a caller got wrong, as listed in a problem document's `errors`. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface AppErrorOptions {
  /** HTTP status the problem is answered with. */
  readonly status: number;
  /** Stable, machine-readable name: what clients switch on. */
  readonly code: string;
  /** Short human summary, the same for every occurrence. */
  readonly title: string;
  /** What happened this time, safe to show to the caller. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** Response headers that belong to the error, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem document (RFC 9457 section 3.2), snake_case. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** The underlying fault: logged, never sent. */
  readonly cause?: unknown;
}

/**
 * The one error type services throw. Modules build theirs in a catalogue
 * (`*.errors.ts`); the problem filter renders it as RFC 9457 problem details.
 */
export class AppError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(options: AppErrorOptions) {
    super(options.detail, { cause: options.cause });
    this.name = 'AppError';
    this.status = options.status;
    this.code = options.code;
    this.title = options.title;
    this.detail = options.detail;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
    this.extensions = options.extensions ?? {};
  }
}

/** Whether it is the error of our catalogues that has this code. */
export function isProblem(error: unknown, code: string): error is AppError {
  return error instanceof AppError && error.code === code;
}
