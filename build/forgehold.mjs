#!/usr/bin/env node
// The command line as a program: link it to a folder of your PATH.
process.argv.splice(2, 0, 'cli');
await import('./bootstrap.mjs');
