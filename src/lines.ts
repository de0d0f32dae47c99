/** Lines and columns of offsets in a text, both from 1. */

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

export function columnAt(text: string, offset: number): number {
  return offset - (offset === 0 ? -1 : text.lastIndexOf('\n', offset - 1));
}
