/**
 * Takes what the tests need out of GitHub's description of its interface, which is too large to install:
 *
 *   npm install --prefix DIR @octokit/openapi@23.0.2
 *   node test/sources/github/openapi/extract.mjs DIR/node_modules/@octokit/openapi/generated/api.github.com.json
 *
 * Schemas become JSON Schema (`nullable`), and lose what does not decide whether an answer is right.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const OPERATIONS = [
  '/orgs/{org}/repos',
  '/users/{username}/repos',
  '/user/repos',
  '/user',
  '/installation/repositories',
  '/repos/{owner}/{repo}',
  '/repos/{owner}/{repo}/git/trees/{tree_sha}',
  '/repos/{owner}/{repo}/git/blobs/{file_sha}',
  '/repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}',
];
const POSTED = ['/repos/{owner}/{repo}/code-scanning/sarifs'];
const WORDS = new Set([
  'description',
  'example',
  'examples',
  'externalDocs',
  'discriminator',
  'deprecated',
  'title',
  'x-github',
]);
const COMPONENTS = '#/components/schemas/';

const description = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const schemas = {};

function at(reference) {
  return reference
    .slice(2)
    .split('/')
    .reduce((value, key) => value[key], description);
}

function resolved(value) {
  return value?.$ref === undefined ? value : at(value.$ref);
}

/** @param isNames whether the keys of the value are names of properties, not keywords */
function schemaOf(value, isNames = false) {
  if (Array.isArray(value)) return value.map((each) => schemaOf(each));
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.$ref === 'string') {
    const name = value.$ref.slice(COMPONENTS.length);
    if (!Object.hasOwn(schemas, name)) {
      schemas[name] = {};
      schemas[name] = schemaOf(at(value.$ref));
    }
    return { $ref: `#/schemas/${name}` };
  }
  const made = {};
  for (const [key, each] of Object.entries(value)) {
    if (!isNames && (WORDS.has(key) || key === 'nullable')) continue;
    // Two forms of one thing may both fit.
    made[!isNames && key === 'oneOf' ? 'anyOf' : key] = schemaOf(each, !isNames && key === 'properties');
  }
  return !isNames && value.nullable === true ? { anyOf: [made, { type: 'null' }] } : made;
}

const operations = {};
for (const path of OPERATIONS) {
  const { parameters = [], responses } = description.paths[path].get;
  operations[path] = {
    query: queryOf(parameters),
    statuses: Object.keys(responses).map(Number),
    ...answerOf(responses['200']),
  };
}
for (const path of POSTED) {
  const { parameters = [], responses, requestBody } = description.paths[path].post;
  operations[`POST ${path}`] = {
    query: queryOf(parameters),
    statuses: Object.keys(responses).map(Number),
    request: schemaOf(requestBody.content['application/json'].schema),
    ...answerOf(responses['202']),
  };
}

function queryOf(parameters) {
  const query = parameters.map(resolved).filter((parameter) => parameter.in === 'query');
  return Object.fromEntries(query.map((parameter) => [parameter.name, schemaOf(parameter.schema)]));
}

function answerOf({ content }) {
  const { schema, examples } = content['application/json'];
  return { response: schemaOf(schema), example: resolved(Object.values(examples)[0]).value };
}

schemaOf({ $ref: `${COMPONENTS}basic-error` });
const text = JSON.stringify({ $id: 'github', version: description.info.version, operations, schemas });
writeFileSync(new URL('described.json', import.meta.url), `${text}\n`);
