/** Names of the report formats, apart from their code so that --help loads none of it. */
export const FORMATS = ['terminal', 'json'] as const;
export type Format = (typeof FORMATS)[number];
