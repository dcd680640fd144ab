import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import type { Socket } from 'socket.io';
import type { LiveAccess } from '../../common/access/live-credentials.js';
import { AppError } from '../../common/errors/app-error.js';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { textFaults } from '../../common/http/text-faults.js';
import { validationPipe } from '../../common/http/validation.pipe.js';

/** What a socket is told of a refusal: as a problem document, without what belongs to HTTP. */
export interface SocketProblem {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly errors?: AppError['errors'];
}

export type SubscribeAnswer =
  { readonly session_id: string; readonly last_seq: number } | { readonly error: SocketProblem };

export interface SocketData {
  access: LiveAccess;
  /** What it asked for at its handshake, until that is served. */
  first: SubscribeRequest | null;
  unwatch: () => void;
  /** What it asked for before is served first. */
  queue: Promise<unknown>;
}

export type LiveSocket = Socket<
  Record<string, never>,
  Record<string, (...args: unknown[]) => void>,
  Record<string, never>,
  SocketData
>;

export class SubscribeRequest {
  @IsString()
  @Matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, { message: 'must be the id of a session' })
  session_id!: string;

  @IsOptional()
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(0)
  @IsInt()
  last_seq?: number;
}

export class HandshakeAuth extends SubscribeRequest {
  @IsOptional()
  @IsString()
  @MaxLength(8192)
  token?: string;
}

const pipe = validationPipe();

/**
 * What a client says, checked as the body of a request is: nested without end, it
 * would be our fault that it can not be read.
 *
 * @throws AppError 400 naming every bad field.
 */
export async function readMessage<Message>(metatype: new () => Message, sent: unknown): Promise<Message> {
  const message = typeof sent === 'object' && sent !== null ? sent : {};
  const faults = textFaults(message);
  if (faults.length > 0) throw CommonErrors.validation(faults);
  return (await pipe.transform(message, { type: 'body', metatype })) as Message;
}

export function problemOf(error: unknown): SocketProblem {
  const { code, title, detail, status, errors } =
    error instanceof AppError ? error : CommonErrors.internal(error);
  return { code, title, detail, status, ...(errors === undefined ? {} : { errors }) };
}
