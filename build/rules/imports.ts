import { builtinModules } from 'node:module';
import path from 'node:path';
import { parseSync } from 'vite';

/** One import or re-export of a file. */
export type Import = {
  /** Of another file of the project, from its root: `shared/errors.ts`. Of a package: its name. Of Node: `node:fs`. */
  readonly target: string;
  readonly kind: 'file' | 'package' | 'node';
  /** Only types: gone at run time. */
  readonly typeOnly: boolean;
};

export type Module = { readonly file: string; readonly imports: readonly Import[]; /** Nothing in it but re-exports. */ readonly isBarrel: boolean };

/** Parses one source file; `file` is its path from the project's root, with `/`. */
export function parseModule(file: string, source: string): Module {
  const { module, program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const found = [
    ...module.staticImports.map(({ moduleRequest, entries }) => toImport(file, moduleRequest.value, isTypeOnly(entries))),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) => (moduleRequest ? [toImport(file, moduleRequest.value, isType)] : [])),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => toImport(file, source.slice(start, end).replace(/^['"`]|['"`]$/g, ''), false)),
  ];
  return { file, imports: found, isBarrel: program.body.length > 0 && program.body.every(isReExport) };
}

function isReExport(statement: { readonly type: string; readonly source?: unknown }): boolean {
  return /^Export(All|Named)Declaration$/.test(statement.type) && Boolean(statement.source);
}

function isTypeOnly(entries: readonly { readonly isType: boolean }[]): boolean {
  return entries.length > 0 && entries.every(({ isType }) => isType);
}

function toImport(from: string, specifier: string, typeOnly: boolean): Import {
  if (specifier.startsWith('.')) return { target: path.posix.join(path.posix.dirname(from), specifier), kind: 'file', typeOnly };
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return { target: `node:${specifier.replace(/^node:/, '')}`, kind: 'node', typeOnly };
  const [scope = '', name = ''] = specifier.split('/');
  return { target: specifier.startsWith('@') ? `${scope}/${name}` : scope, kind: 'package', typeOnly };
}
