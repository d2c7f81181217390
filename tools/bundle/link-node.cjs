'use strict';
// npm 8 links the project's Node and then removes the link, together with that of the package for another processor. Without it every
// command would run with the Node of the machine. This file runs with any Node.
const { existsSync, readdirSync, symlinkSync } = require('node:fs');
const { join } = require('node:path');

const packages = join(__dirname, '../../node_modules');
const link = join(packages, '.bin/node');
const program = readdirSync(packages)
  .filter((name) => name.startsWith('node-linux-'))
  .map((name) => join('..', name, 'bin/node'))
  .find((path) => existsSync(join(packages, '.bin', path)));
if (program !== undefined && !existsSync(link)) symlinkSync(program, link);
