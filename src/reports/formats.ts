/** Names of the report formats, apart from their code so that --help loads none of it. */

/** Of every command. */
export const TEXT_FORMATS = ['terminal', 'json'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** Of the audit. */
export const AUDIT_FORMATS = [...TEXT_FORMATS, 'html', 'markdown', 'csv', 'sarif', 'github'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

/** Of the diff. */
export const DIFF_FORMATS = [...TEXT_FORMATS, 'markdown'] as const;
export type DiffFormat = (typeof DIFF_FORMATS)[number];

/** Of why. */
export const WHY_FORMATS = [...TEXT_FORMATS, 'markdown'] as const;
export type WhyFormat = (typeof WHY_FORMATS)[number];

/** Of impact. */
export const IMPACT_FORMATS = [...TEXT_FORMATS, 'html', 'markdown', 'csv', 'sarif'] as const;
export type ImpactFormat = (typeof IMPACT_FORMATS)[number];

/** Of the plan. */
export const PLAN_FORMATS = [...TEXT_FORMATS, 'html', 'markdown'] as const;
export type PlanFormat = (typeof PLAN_FORMATS)[number];

/** Of trend. */
export const TREND_FORMATS = [...TEXT_FORMATS, 'html', 'markdown', 'csv'] as const;
export type TrendFormat = (typeof TREND_FORMATS)[number];

/** Of upload. */
export const UPLOAD_FORMATS = [...TEXT_FORMATS, 'markdown'] as const;
export type UploadFormat = (typeof UPLOAD_FORMATS)[number];

export type Format = TextFormat | AuditFormat;
