import { Module } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { MarketConfig } from '../../config/market.js';
import { MarketData } from './market-data.port.js';
import { openMarket } from './open-market.js';

/**
 * The spot market's prices, machines and warnings. Refuses to ask AWS with keys of
 * the server's own: each question is asked with its caller's.
 */
@Module({
  providers: [{ provide: MarketData, inject: [MarketConfig, Clock], useFactory: openMarket }],
  exports: [MarketData],
})
export class MarketModule {}
