// @ts-check
// An empty route of NestJS on Express: nothing on but what the framework turns on itself.
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { decorate } from './decorate.js';

const answer = JSON.parse(process.env.ANSWER ?? '{}');

class ProfileController {
  profile() {
    return answer;
  }
}
decorate(ProfileController, { on: [Controller('auth')], method: 'profile', does: [Get('profile')] });

class AppModule {}
decorate(AppModule, { on: [Module({ controllers: [ProfileController] })] });

/** @type {import('@nestjs/platform-express').NestExpressApplication} */
const app = await NestFactory.create(AppModule, { logger: false });
if (process.env.ETAG === 'off') app.set('etag', false);
app.setGlobalPrefix('api/v1');
await app.listen(Number(process.env.PORT), '127.0.0.1');
