import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

const UP = 0x01;
const UV = 0x04;
const AT = 0x40;

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest();

function uint(bytes: 2 | 4, value: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

/** A CBOR byte string (RFC 8949 section 3.1) of up to 65535 bytes. */
const cborBytes = (bytes: Buffer) => Buffer.concat([Buffer.of(0x59), uint(2, bytes.length), bytes]);
const cborText = (text: string) => Buffer.concat([Buffer.of(0x60 + text.length), Buffer.from(text)]);

interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
}

export interface SoftPasskeyTraits {
  readonly origin?: string;
  /** Whether it is unlocked by a PIN or a finger at every use. */
  readonly verifiesUser?: boolean;
}

/** An authenticator in software, with a real key: ES256, attestation `none`. */
export class SoftPasskey {
  readonly credentialId = randomBytes(32);
  counter = 1;
  private readonly privateKey: KeyObject;
  private readonly coseKey: Buffer;
  private userHandle = '';

  constructor(private readonly traits: SoftPasskeyTraits = {}) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.privateKey = privateKey;
    // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
    this.coseKey = Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
      Buffer.from(x, 'base64url'),
      Buffer.from([0x22, 0x58, 0x20]),
      Buffer.from(y, 'base64url'),
    ]);
  }

  /** What `navigator.credentials.create()` would answer. */
  create({ challenge, rp, user }: CreationOptions): object {
    this.userHandle = user.id;
    const attested = Buffer.concat([
      Buffer.alloc(16),
      uint(2, this.credentialId.length),
      this.credentialId,
      this.coseKey,
    ]);
    const attestationObject = Buffer.concat([
      Buffer.of(0xa3),
      cborText('fmt'),
      cborText('none'),
      cborText('attStmt'),
      Buffer.of(0xa0),
      cborText('authData'),
      cborBytes(Buffer.concat([this.authenticatorData(rp.id, AT), attested])),
    ]);
    return this.credential({
      clientDataJSON: this.clientData('webauthn.create', challenge).toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal'],
    });
  }

  /** What `navigator.credentials.get()` would answer. */
  get({ challenge, rpId }: RequestOptions): object {
    this.counter++;
    const authenticatorData = this.authenticatorData(rpId, 0);
    const clientData = this.clientData('webauthn.get', challenge);
    const signed = Buffer.concat([authenticatorData, sha256(clientData)]);
    return this.credential({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign('sha256', signed, this.privateKey).toString('base64url'),
      userHandle: this.userHandle,
    });
  }

  private authenticatorData(rpId: string, more: number): Buffer {
    const flags = UP | (this.traits.verifiesUser === false ? 0 : UV) | more;
    return Buffer.concat([sha256(rpId), Buffer.of(flags), uint(4, this.counter)]);
  }

  private clientData(type: string, challenge: string): Buffer {
    const origin = this.traits.origin ?? 'https://cloud.example.com';
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  private credential(response: object): object {
    const id = this.credentialId.toString('base64url');
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }
}
