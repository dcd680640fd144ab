import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { BrowserSessionDto } from './auth.dto.js';
import { SessionCookie } from './session-cookie.js';
import type { BrowserSignIn } from './sign-in.service.js';

/** Hands a browser its session, for those who sign people in another way than by password. */
@Injectable()
export class BrowserAnswerService {
  constructor(private readonly cookie: SessionCookie) {}

  /** @returns the body; the session's secret goes into the cookie only. */
  give(response: Response, signedIn: BrowserSignIn): BrowserSessionDto {
    this.cookie.set(response, signedIn);
    return signedIn.answer;
  }
}
