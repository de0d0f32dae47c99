/** The HTTP library, as far as it is used: named here so that it is loaded only where something is asked. */
import type { Response } from 'make-fetch-happen';

export type Fetch = (url: string, options: Readonly<Record<string, unknown>>) => Promise<Response>;
