import { Body, Controller, Injectable, Module, Post, Res, type INestApplication } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import type { Response } from 'express';
import { DatabaseUrl } from '../../src/database/database-url.js';
import { AppModule } from '../../src/app.module.js';
import { Access } from '../../src/common/access/access.decorator.js';
import { newId } from '../../src/common/crypto/ids.js';
import { AppError } from '../../src/common/errors/app-error.js';
import { jsonBody } from '../../src/common/http/body.middleware.js';
import { EdgeMiddleware } from '../../src/common/http/edge.middleware.js';
import { RootLogger } from '../../src/common/http/logger.js';
import { withoutIdleEnhancers } from '../../src/common/http/request-context.js';
import { validationPipe } from '../../src/common/http/validation.pipe.js';
import { Returns } from '../../src/common/openapi/returns.decorator.js';
import { Sql } from '../../src/database/sql.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import type { TestApp } from './app.js';
import { ApiClient } from './client.js';
import { contractOf } from './native/openapi-contract.js';

const STAGES = ['before', 'inside', 'after'] as const;
type Stage = (typeof STAGES)[number];

/** Where the work of making a thing is to stop, as a crash or a slow dependency would stop it. */
export class Gate {
  private arrive: () => void = () => undefined;
  private open: () => void = () => undefined;
  /** Settles once the work has come this far. */
  readonly reached = new Promise<void>((resolve) => (this.arrive = resolve));
  private readonly opened = new Promise<void>((resolve) => (this.open = resolve));

  pass(): Promise<void> {
    this.arrive();
    return this.opened;
  }

  release(): void {
    this.open();
  }
}

const gates = new Map<string, Gate>();
const everyGate: Gate[] = [];

/** The next work to come to this stage for this name waits there. */
export function gateFor(name: string, stage: Stage): Gate {
  const gate = new Gate();
  gates.set(`${name} ${stage}`, gate);
  everyGate.push(gate);
  return gate;
}

async function come(name: string, stage: Stage): Promise<void> {
  const gate = gates.get(`${name} ${stage}`);
  gates.delete(`${name} ${stage}`);
  await gate?.pass();
}

class MakeThingDto {
  @ApiProperty()
  @IsString()
  name!: string;

  /** Refuses at this stage. */
  @ApiProperty({ enum: STAGES, required: false })
  @IsOptional()
  @IsIn(STAGES)
  refuse?: Stage;

  /** How much to answer. */
  @ApiProperty({ required: false })
  @IsOptional()
  @IsInt()
  bytes?: number;
}

class ThingDto {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  filler!: string;
}

@Injectable()
class ThingsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sql: Sql,
  ) {}

  async make(request: MakeThingDto, response: Response): Promise<ThingDto> {
    const id = newId();
    await this.stage(request, 'before');
    await this.unitOfWork.run(async () => {
      await this.insert(id, request.name);
      await this.stage(request, 'inside');
    });
    await this.stage(request, 'after');
    response.location(`/things/${id}`).cookie('signed_in', 'as-somebody');
    return { id, filler: 'x'.repeat(request.bytes ?? 0) };
  }

  /** Answers, or refuses, and goes on with a transaction of its own. */
  begin(request: MakeThingDto): Promise<ThingDto> {
    background.push(
      come(request.name, 'inside').then(() => this.unitOfWork.run(() => this.insert(newId(), request.name))),
    );
    return this.stage(request, 'after').then(() => ({ id: newId(), filler: '' }));
  }

  private async insert(id: string, name: string): Promise<void> {
    await this.sql.execute({ text: 'INSERT INTO things (id, name) VALUES ($1, $2)', values: [id, name] });
  }

  private async stage({ name, refuse }: MakeThingDto, stage: Stage): Promise<void> {
    await come(name, stage);
    if (refuse !== stage) return;
    throw new AppError({ status: 400, code: 'refused', title: 'Refused', detail: `Refused ${stage}.` });
  }
}

/** Work that goes on after its answer. */
export const background: Promise<void>[] = [];

@Controller('things')
class ThingsController {
  constructor(private readonly things: ThingsService) {}

  @Post()
  @Access()
  @Returns(201, ThingDto)
  make(@Body() body: MakeThingDto, @Res({ passthrough: true }) response: Response): Promise<ThingDto> {
    return this.things.make(body, response);
  }

  @Post('begun')
  @Access()
  @Returns(201, ThingDto)
  begin(@Body() body: MakeThingDto): Promise<ThingDto> {
    return this.things.begin(body);
  }

  @Post('accepted')
  @Access()
  @Returns(202, ThingDto)
  accept(@Body() body: MakeThingDto): ThingDto {
    return { id: newId(), filler: body.name };
  }
}

@Module({ controllers: [ThingsController], providers: [ThingsService] })
class ThingsModule {}

/** Our house with a module of somebody's own in it, which makes rows in a table `things`. */
export class HouseOfThings {
  private constructor(
    private readonly nest: INestApplication,
    private readonly app: TestApp,
  ) {}

  static async beside(app: TestApp): Promise<HouseOfThings> {
    await app.database.query('CREATE TABLE things (id uuid PRIMARY KEY, name text NOT NULL)');
    await app.database.query('GRANT ALL ON things TO cloudkeep');
    const { config } = app.cloudkeep;
    const logger = new RootLogger(config.log);
    const house = AppModule.forRoot({
      config,
      databaseUrl: new DatabaseUrl(app.database.url),
      clock: app.clock,
      logger,
    });
    const modules = [withoutIdleEnhancers(house), ThingsModule];
    const module = await Test.createTestingModule({ imports: modules }).compile();
    const nest = module.createNestApplication({ bodyParser: false, logger: false });
    nest.use(nest.get(EdgeMiddleware).handle);
    nest.use(jsonBody(config.http.maxBodyBytes));
    nest.useGlobalPipes(validationPipe());
    nest.setGlobalPrefix('api/v1');
    await nest.listen(0, '127.0.0.1');
    return new HouseOfThings(nest, app);
  }

  async client(token: string, key: string): Promise<ApiClient> {
    const contract = contractOf(this.app.cloudkeep);
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': key };
    return new ApiClient(await this.nest.getUrl(), contract, headers);
  }

  /** How many things of this name there are. */
  async count(name: string): Promise<number> {
    return (await this.app.database.query('SELECT FROM things WHERE name = $1', [name])).length;
  }

  /** Also where a test has failed and left somebody waiting. */
  stop(): Promise<void> {
    for (const gate of everyGate) gate.release();
    return this.nest.close();
  }
}
