/** The part of make-fetch-happen that is used; the package has no types of its own. */
declare module 'make-fetch-happen' {
  export interface Response {
    readonly status: number;
    readonly headers: { get(name: string): string | null };
    readonly body: AsyncIterable<unknown> | null;
  }

  export default function fetch(url: string, options: Readonly<Record<string, unknown>>): Promise<Response>;
}
