/**
 * How long it took until a bad release of a package that is widely used was noticed and gone, as public accounts of these
 * incidents tell it (docs/rings-and-simulation.md names them). A selection of the notable: no rate, and no promise.
 */

export interface RecordedDetection {
  /** YYYY-MM-DD, UTC. */
  readonly date: string;
  readonly packages: string;
  /** From publication until it was gone, or until everybody was told; as precise as the account is. */
  readonly minutes: number;
  /** What the account says. */
  readonly account: string;
}

export const RECORDED_DETECTIONS: readonly RecordedDetection[] = [
  {
    date: '2018-07-12',
    packages: 'eslint-scope',
    minutes: 117,
    account: "10:40 to 12:37 UTC, the project's postmortem",
  },
  {
    date: '2018-10-05',
    packages: 'event-stream, flatmap-stream',
    minutes: 46 * 24 * 60,
    account: 'until 20 November, issue 116 of dominictarr/event-stream',
  },
  { date: '2021-10-22', packages: 'ua-parser-js', minutes: 240, account: 'about four hours' },
  { date: '2024-12-02', packages: '@solana/web3.js', minutes: 300, account: 'five hours' },
  { date: '2024-12-19', packages: '@rspack/core', minutes: 60, account: 'one hour' },
  { date: '2025-07-18', packages: 'eslint-config-prettier', minutes: 120, account: 'less than two hours' },
  { date: '2025-08-26', packages: 'nx', minutes: 300, account: 'five hours, from 22:32 UTC' },
  {
    date: '2025-09-08',
    packages: 'chalk, debug and 16 more',
    minutes: 124,
    account: '13:16 UTC until the alarm at 15:20 UTC; the last of them were gone later',
  },
  { date: '2026-03-31', packages: 'axios', minutes: 174, account: '00:21 to 03:15 UTC' },
];

const DAY = 24 * 60;

/**
 * Minutes until a bad release is noticed, unless told: the longest of those that were noticed within a day. A median would be
 * too short for half of them; what took weeks no delay of updates helps against.
 */
export const DEFAULT_DETECTION = RECORDED_DETECTIONS.reduce(
  (longest, { minutes }) => (minutes <= DAY ? Math.max(longest, minutes) : longest),
  0,
);

/** Of the recorded ones, how many were noticed within so many minutes. */
export function noticedWithin(minutes: number): number {
  return RECORDED_DETECTIONS.filter((recorded) => recorded.minutes <= minutes).length;
}

/** The middle one of the recorded times, in minutes. */
export function medianDetection(): number {
  const sorted = RECORDED_DETECTIONS.map(({ minutes }) => minutes).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Minutes between two re-locks, unless told: once a week, which bots' schedules mostly are. */
export const DEFAULT_RELOCK = 7 * DAY;
