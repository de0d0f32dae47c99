/** Why a bundle is not accepted. Pure. */
import type { Reason } from '../state.ts';

export interface RefusedBundle {
  readonly ok: false;
  readonly reason: Reason;
  readonly detail: string;
}

const LONGEST_DETAIL = 200;

export function refused(reason: Reason, detail: string): RefusedBundle {
  return {
    ok: false,
    reason,
    detail: detail.length > LONGEST_DETAIL ? `${detail.slice(0, LONGEST_DETAIL)}...` : detail,
  };
}
