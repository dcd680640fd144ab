import { Injectable } from '@nestjs/common';
import type { AwsKey } from '../../common/aws/ec2-clients.js';
import type { SealedColumn } from '../../common/crypto/sealed-column.js';
import { Sealer } from '../../common/crypto/sealer.js';
import type { MarketAccess } from '../market/market-data.port.js';
import type { SealedSessionRow } from './sandbox-sessions.repository.js';

/** As it is sealed; the token of temporary keys alone. */
type Sealed = [accessKeyId: string, secretAccessKey: string, sessionToken?: string];

/** The access keys of sessions that have not ended. */
export const SEALED_CREDENTIALS: SealedColumn = {
  table: 'sandbox_sessions',
  column: 'sealed_credentials',
  id: { column: 'id', type: 'uuid' },
  purposeOf,
};

/** Keeps the access keys of sessions sealed, each bound to its session: one can not be put into another's row. */
@Injectable()
export class SessionCredentials {
  constructor(private readonly sealer: Sealer) {}

  seal(sessionId: string, { accessKeyId, secretAccessKey, sessionToken }: AwsKey): Buffer {
    const sealed: Sealed = [accessKeyId, secretAccessKey];
    if (sessionToken !== undefined) sealed.push(sessionToken);
    return this.sealer.seal(JSON.stringify(sealed), purposeOf(sessionId));
  }

  /** Null once they are wiped. @throws Error when they can not be opened. */
  open({ id, aws_region, sealed_credentials }: SealedSessionRow): MarketAccess | null {
    if (sealed_credentials === null) return null;
    const opened = JSON.parse(this.sealer.open(sealed_credentials, purposeOf(id))) as Sealed;
    const [accessKeyId, secretAccessKey, sessionToken] = opened;
    const key = { region: aws_region, accessKeyId, secretAccessKey };
    return sessionToken === undefined ? key : { ...key, sessionToken };
  }
}

function purposeOf(sessionId: string): string {
  return `sandbox-session:${sessionId}`;
}

const SHOWN = 4;

/** `AKIA...WXYZ`: enough for its owner to tell which it is. */
export function masked(accessKeyId: string): string {
  return `${accessKeyId.slice(0, SHOWN)}...${accessKeyId.slice(-SHOWN)}`;
}
