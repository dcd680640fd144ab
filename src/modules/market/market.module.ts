import { Module } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { MarketConfig } from '../../config/market.js';
import { MarketData } from './market-data.port.js';
import { openMarket } from './open-market.js';

/**
 * Prices, machines and warnings of the spot market, from AWS or simulated. Refuses
 * credentials of its own: each question is asked with those of whoever asks.
 */
@Module({
  providers: [{ provide: MarketData, inject: [MarketConfig, Clock], useFactory: openMarket }],
  exports: [MarketData],
})
export class MarketModule {}
