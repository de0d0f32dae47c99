/** A pnpm-lock.yaml as a template of services. Its text is moved on in time as a whole, once for each point in time. */
import { drifted } from './drift.mjs';

const KEY = /^ {2}'?((?:@[^@/]+\/)?[^@/]+)@([^()':]+)'?:$/;
const REFERENCE = /((?:@[\w.-]+\/)?[\w.-]+)('?: |@)(\d+\.\d+\.\d+)(?![\w.+-])/g;
const IMPORTED = /^( +'?((?:@[\w.-]+\/)?[\w.-]+)'?:\n +specifier: .*\n +version: )(\d+\.\d+\.\d+)(?![\w.+-])/gm;
const INTEGRITY = /integrity: [^,}]+/;

/** @returns {(name: string, time: number, random: () => number) => { lockfile: string, manifest: string }} */
export function pnpmTemplate(text) {
  const texts = new Map();
  return (name, time) => {
    if (!texts.has(time)) texts.set(time, movedOn(text, time));
    return { lockfile: texts.get(time), manifest: `${JSON.stringify({ name, private: true }, null, 2)}\n` };
  };
}

function movedOn(text, time) {
  const later = new Map();
  const lines = text.split('\n');
  lines.forEach((line, at) => {
    const [, name, version] = KEY.exec(line) ?? [];
    const moved = name && INTEGRITY.test(lines[at + 1] ?? '') && drifted(name, version, time);
    if (!moved) return;
    later.set(`${name}@${version}`, moved.version);
    lines[at + 1] = lines[at + 1].replace(INTEGRITY, `integrity: ${moved.integrity}`);
  });
  const versionOf = (name, version) => later.get(`${name}@${version}`) ?? version;
  return lines
    .join('\n')
    .replace(REFERENCE, (_, name, between, version) => name + between + versionOf(name, version))
    .replace(IMPORTED, (_, before, name, version) => before + versionOf(name, version));
}
