import type { Architecture } from '../market-data.port.js';

/**
 * A snapshot of what AWS offers, so that the market works with no account. It
 * is not kept up to date: the bill is right, this is close.
 *
 * - Machines: Amazon EC2 instance types, https://aws.amazon.com/ec2/instance-types/.
 * - `price`: on-demand Linux in us-east-1 as the AWS Price List gave it on
 *   2026-01-19, US dollars an hour of the family's `large`; other sizes cost in
 *   proportion.
 * - `REGIONS`: what t3, m5, c5 and r5.large cost there, as published for Linux
 *   through 2025. A family costs what it does in us-east-1 times the ratio of
 *   its class: exact for those four, a few percent off for others. Every type is
 *   offered in every region here; in truth the newest are not.
 * - `band`: how often machines of the family are typically interrupted, in the
 *   bands of the AWS Spot Instance Advisor
 *   (https://aws.amazon.com/ec2/spot/instance-advisor/): an estimate for all
 *   regions, no copy of the advisor's table. The `aws` market asks the advisor.
 */

/** What moves prices together from region to region. */
export type PriceClass = 't' | 'm' | 'c' | 'r';

/** Shares of machines interrupted in a month: less than 5 %, 5 to 10, 10 to 15, 15 to 20, more than 20 %. */
export type InterruptionBand = 0 | 1 | 2 | 3 | 4;

export interface Family {
  readonly name: string;
  readonly architecture: Architecture;
  readonly priceClass: PriceClass;
  readonly price: string;
  /** Of the `large` size, which has two vCPUs. */
  readonly memoryGb: number;
  readonly sizes: readonly Size[];
  /** Of sizes below 4xlarge; larger ones are one band worse. */
  readonly band: InterruptionBand;
}

export type Size = 'small' | 'medium' | 'large' | 'xlarge' | '2xlarge' | '4xlarge' | '8xlarge';

const BURSTABLE: readonly Size[] = ['small', 'medium', 'large', 'xlarge', '2xlarge'];
const FOURTH: readonly Size[] = ['large', 'xlarge', '2xlarge', '4xlarge'];
const EIGHTH: readonly Size[] = [...FOURTH, '8xlarge'];
const SINGLE: readonly Size[] = ['medium', ...EIGHTH];

type Row = [string, Architecture, PriceClass, string, number, readonly Size[], InterruptionBand];

const ROWS: readonly Row[] = [
  ['t3', 'x86_64', 't', '0.0832', 8, BURSTABLE, 1],
  ['t3a', 'x86_64', 't', '0.0752', 8, BURSTABLE, 1],
  ['t4g', 'arm64', 't', '0.0672', 8, BURSTABLE, 0],
  ['m5', 'x86_64', 'm', '0.096', 8, EIGHTH, 1],
  ['m5a', 'x86_64', 'm', '0.086', 8, EIGHTH, 2],
  ['m6i', 'x86_64', 'm', '0.096', 8, EIGHTH, 1],
  ['m6a', 'x86_64', 'm', '0.0864', 8, EIGHTH, 2],
  ['m6g', 'arm64', 'm', '0.077', 8, SINGLE, 0],
  ['m7i', 'x86_64', 'm', '0.1008', 8, EIGHTH, 2],
  ['m7a', 'x86_64', 'm', '0.11592', 8, SINGLE, 3],
  ['m7g', 'arm64', 'm', '0.0816', 8, SINGLE, 1],
  ['m8g', 'arm64', 'm', '0.08976', 8, SINGLE, 1],
  ['c5', 'x86_64', 'c', '0.085', 4, FOURTH, 1],
  ['c5a', 'x86_64', 'c', '0.077', 4, EIGHTH, 2],
  ['c6i', 'x86_64', 'c', '0.085', 4, EIGHTH, 1],
  ['c6a', 'x86_64', 'c', '0.0765', 4, EIGHTH, 2],
  ['c6g', 'arm64', 'c', '0.068', 4, SINGLE, 0],
  ['c7i', 'x86_64', 'c', '0.08925', 4, EIGHTH, 2],
  ['c7a', 'x86_64', 'c', '0.10264', 4, SINGLE, 3],
  ['c7g', 'arm64', 'c', '0.0725', 4, SINGLE, 1],
  ['c8g', 'arm64', 'c', '0.07976', 4, SINGLE, 2],
  ['r5', 'x86_64', 'r', '0.126', 16, EIGHTH, 2],
  ['r5a', 'x86_64', 'r', '0.113', 16, EIGHTH, 2],
  ['r6i', 'x86_64', 'r', '0.126', 16, EIGHTH, 2],
  ['r6g', 'arm64', 'r', '0.1008', 16, SINGLE, 1],
  ['r7i', 'x86_64', 'r', '0.1323', 16, EIGHTH, 3],
  ['r7g', 'arm64', 'r', '0.1071', 16, SINGLE, 1],
  ['r8g', 'arm64', 'r', '0.11782', 16, SINGLE, 2],
  ['i3', 'x86_64', 'r', '0.156', 15.25, EIGHTH, 1],
  ['i4g', 'arm64', 'r', '0.15444', 16, EIGHTH, 0],
];

export const FAMILIES: readonly Family[] = ROWS.map(
  ([name, architecture, priceClass, price, memoryGb, sizes, band]) => ({
    name,
    architecture,
    priceClass,
    price,
    memoryGb,
    sizes,
    band,
  }),
);

export interface Region {
  /** The letters of its zones. */
  readonly zones: string;
  /** Of t3, m5, c5 and r5.large. */
  readonly prices: Readonly<Record<PriceClass, string>>;
}

const region = (zones: string, t: string, m: string, c: string, r: string): Region => ({
  zones,
  prices: { t, m, c, r },
});

export const REGIONS: Readonly<Record<string, Region>> = {
  'us-east-1': region('abcdef', '0.0832', '0.096', '0.085', '0.126'),
  'us-east-2': region('abc', '0.0832', '0.096', '0.085', '0.126'),
  'us-west-1': region('ab', '0.0992', '0.112', '0.106', '0.14'),
  'us-west-2': region('abcd', '0.0832', '0.096', '0.085', '0.126'),
  'ca-central-1': region('abd', '0.0928', '0.107', '0.093', '0.138'),
  'eu-west-1': region('abc', '0.0912', '0.107', '0.096', '0.141'),
  'eu-west-2': region('abc', '0.0944', '0.111', '0.101', '0.148'),
  'eu-west-3': region('abc', '0.0944', '0.112', '0.101', '0.148'),
  'eu-central-1': region('abc', '0.096', '0.115', '0.097', '0.152'),
  'eu-north-1': region('abc', '0.0864', '0.102', '0.091', '0.134'),
  'ap-south-1': region('abc', '0.0896', '0.101', '0.085', '0.13'),
  'ap-southeast-1': region('abc', '0.1056', '0.12', '0.098', '0.152'),
  'ap-southeast-2': region('abc', '0.1056', '0.12', '0.111', '0.151'),
  'ap-northeast-1': region('acd', '0.1088', '0.124', '0.107', '0.152'),
  'sa-east-1': region('abc', '0.1344', '0.153', '0.131', '0.201'),
};
