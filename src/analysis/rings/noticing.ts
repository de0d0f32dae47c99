/** When a bad release is noticed, counted from what. */

/**
 * From when on the time to notice runs. `published`: others notice, as in the recorded incidents. `taken`: only this fleet
 * can notice, once a service of it holds the release; a fault that shows in one's own use alone.
 */
export const NOTICED_FROM = ['published', 'taken'] as const;
export type NoticedFrom = (typeof NOTICED_FROM)[number];

export interface Noticing {
  readonly from: NoticedFrom;
  readonly minutes: number;
}
