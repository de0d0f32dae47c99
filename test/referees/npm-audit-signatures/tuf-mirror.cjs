/**
 * Loaded into npm before its own code (`node --require`): npm's copy of @sigstore/tuf asks the repository at
 * REFEREE_TUF_MIRROR, trusted from the root.json at REFEREE_TUF_ROOT on, where it would ask the public one. npm has no
 * option for that. Two values of one constructor are replaced; initTUF of npm and getTrustedRoot of sigstore both go
 * through it.
 */
const { createRequire } = require('node:module');
const { realpathSync } = require('node:fs');
const { dirname, join } = require('node:path');

const { REFEREE_TUF_MIRROR: mirrorURL, REFEREE_TUF_ROOT: rootPath } = process.env;
const npm = createRequire(realpathSync(process.argv[1]));
const client = require(join(dirname(npm.resolve('@sigstore/tuf')), 'client.js'));
const { TUFClient } = client;

client.TUFClient = class extends TUFClient {
  constructor(options) {
    super({ ...options, mirrorURL, rootPath });
  }
};
