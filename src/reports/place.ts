/** `file:line:column: `, as far as known. */
export function placeOf(placed: { readonly file?: string; readonly line?: number; readonly column?: number }): string {
  if (!placed.file) return '';
  const line = placed.line === undefined ? '' : `:${placed.line}`;
  const column = placed.line === undefined || placed.column === undefined ? '' : `:${placed.column}`;
  return `${placed.file}${line}${column}: `;
}
