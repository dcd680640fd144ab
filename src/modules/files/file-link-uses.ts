import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ClsService } from 'nestjs-cls';
import { Clock } from '../../common/time/clock.js';
import { FileLinksRepository } from './file-links.repository.js';

const FLUSH_EVERY_MS = 1_000;

/** How often links without limit were opened: gathered in memory, so that opening one writes nothing. */
@Injectable()
export class FileLinkUses implements BeforeApplicationShutdown {
  private readonly logger = new Logger(FileLinkUses.name);
  private gathered = new Map<string, { count: number; lastAt: Date }>();

  constructor(
    private readonly links: FileLinksRepository,
    private readonly clock: Clock,
    private readonly cls: ClsService,
  ) {}

  count(id: string): void {
    const { count } = this.gathered.get(id) ?? { count: 0 };
    this.gathered.set(id, { count: count + 1, lastAt: this.clock.now() });
  }

  /** They are told of, not relied on: what can not be written now is lost. */
  @Interval(FLUSH_EVERY_MS)
  async flush(): Promise<void> {
    if (this.gathered.size === 0) return;
    const uses = [...this.gathered].map(([id, use]) => ({ id, ...use }));
    this.gathered = new Map();
    try {
      await this.cls.exit(() => this.links.addUses(uses));
    } catch (error) {
      this.logger.warn(`Uses of ${uses.length} links were not counted: ${(error as Error).message}`);
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.flush();
  }
}
