// @ts-check
// What guides teach: helmet, passport-jwt, the user by TypeORM, a roles guard, a validated
// query and the class serializer; with THROTTLE=on also @nestjs/throttler on its own storage.
import {
  ClassSerializerInterceptor,
  Controller,
  Get,
  Module,
  Query,
  Req,
  SetMetadata,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory, Reflector } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { IsOptional, IsString } from 'class-validator';
import { Exclude, Expose } from 'class-transformer';
import helmet from 'helmet';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { DataSource, EntitySchema } from 'typeorm';
import { decorate } from './decorate.js';

const HIDDEN = ['password_hash'];
const COLUMNS = [
  ...['email', 'username', 'full_name', 'password_hash', 'role', 'organization_id'],
  ...['is_active', 'email_verified', 'mfa_enabled', 'created_at', 'last_login_at'],
];

class User {}
for (const column of ['id', ...COLUMNS]) {
  (HIDDEN.includes(column) ? Exclude() : Expose())(User.prototype, column);
}

const UserEntity = new EntitySchema({
  name: 'User',
  target: User,
  tableName: 'users',
  columns: {
    id: { type: 'uuid', primary: true },
    ...Object.fromEntries(COLUMNS.map((name) => [name, { type: typeOf(name) }])),
  },
});

/** @param {string} column @returns {import('typeorm').ColumnType} */
function typeOf(column) {
  if (column.endsWith('_at')) return 'timestamptz';
  if (column === 'organization_id') return 'uuid';
  return /^is_|_verified|_enabled/.test(column) ? 'boolean' : 'text';
}

class JwtStrategy extends PassportStrategy(Strategy) {
  /** @param {DataSource} dataSource */
  constructor(dataSource) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: process.env.JWT_SECRET_KEY ?? '',
      issuer: 'cloudkeep',
      audience: 'cloudkeep',
    });
    this.users = dataSource.getRepository(User);
  }

  /** @param {{ sub: string }} claims */
  validate({ sub }) {
    return this.users.findOneBy({ id: sub });
  }
}
decorate(JwtStrategy, { takes: [getDataSourceToken()] });

class RolesGuard {
  /** @param {Reflector} reflector */
  constructor(reflector) {
    this.reflector = reflector;
  }

  /** @param {import('@nestjs/common').ExecutionContext} context */
  canActivate(context) {
    const roles = this.reflector.getAllAndOverride('roles', [context.getHandler(), context.getClass()]);
    return roles.includes(context.switchToHttp().getRequest().user.role);
  }
}
decorate(RolesGuard, { takes: [Reflector] });

class ProfileQuery {}
IsOptional()(ProfileQuery.prototype, 'fields');
IsString()(ProfileQuery.prototype, 'fields');

class ProfileController {
  // The validated query is asked for below and not looked at.
  /** @param {{ user: User }} request */
  profile({ user }) {
    return user;
  }
}
decorate(ProfileController, {
  on: [Controller('auth'), UseGuards(AuthGuard('jwt'), RolesGuard)],
  method: 'profile',
  does: [Get('profile'), SetMetadata('roles', ['user', 'admin'])],
  parameters: [
    [Req(), Object],
    [Query(), ProfileQuery],
  ],
});

const throttles = process.env.THROTTLE === 'on';

class AppModule {}
const database = TypeOrmModule.forRoot({
  type: 'postgres',
  url: process.env.DATABASE_URL ?? '',
  entities: [UserEntity],
  poolSize: 10,
});
decorate(AppModule, {
  on: [
    Module({
      imports: [
        database,
        PassportModule,
        ...(throttles ? [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 1_000_000_000 }])] : []),
      ],
      controllers: [ProfileController],
      providers: [
        { provide: JwtStrategy, inject: [DataSource], useFactory: (source) => new JwtStrategy(source) },
        { provide: APP_PIPE, useFactory: () => new ValidationPipe({ transform: true, whitelist: true }) },
        { provide: APP_INTERCEPTOR, useClass: ClassSerializerInterceptor },
        ...(throttles ? [{ provide: APP_GUARD, useClass: ThrottlerGuard }] : []),
      ],
    }),
  ],
});

const app = await NestFactory.create(AppModule, { logger: ['error'] });
app.use(helmet());
app.setGlobalPrefix('api/v1');
await app.listen(Number(process.env.PORT), '127.0.0.1');
