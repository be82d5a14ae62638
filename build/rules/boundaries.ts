import type { Import, Module } from './imports.ts';

/** What the renderer is made of. Everything it loads is in the user's browser, beside a hostile page perhaps: keep it short. */
const rendererPackages =
  /^(react|react-dom|zustand|zod|@base-ui\/react|@tanstack\/react-virtual|@xterm\/[a-z0-9-]+|@fontsource(-variable)?\/[a-z0-9-]+|uplot|react-diff-view)$/;
const testPackages = /^(vitest|fast-check|@xterm\/headless|axe-core|playwright-core|ws|tar-stream|builder-util-runtime|electron-updater)$/;
const electronShell = /^electron\/(main\.ts|preload\.ts|app\/)/;
/** Where slices meet: the entry points. */
const electronRoot = /^electron\/[a-z-]+\.ts$/;

/**
 * The import boundaries: `renderer → shared`, `electron → shared`, slices meet in the entry points only.
 * Answers one sentence per violation.
 */
export function findViolations(module: Module): readonly string[] {
  const { file, imports, isBarrel } = module;
  const found = imports.map((imported) => judge(file, imported)).filter((reason) => reason !== null);
  if (file !== 'shared/contract/index.ts' && (isBarrel || /(^|\/)index\.tsx?$/.test(file))) found.push('is a barrel: import from the file that has it');
  return found.map((reason) => `${file} ${reason}`);
}

function judge(file: string, imported: Import): string | null {
  const { target, kind } = imported;
  const isTest = /\.test\.tsx?$/.test(file);
  if (kind === 'package' && target === 'electron' && !electronShell.test(file)) return 'imports electron: only electron/main.ts, preload.ts and app/ may';
  if (kind === 'package' && target === 'dockerode' && !file.startsWith('electron/engine/')) return 'imports dockerode: only electron/engine may';
  if (isTest && (kind === 'node' || (kind === 'package' && testPackages.test(target)) || target.startsWith('tests/'))) return null;
  const top = file.split('/', 1)[0];
  if (top === 'shared') return judgeShared(imported);
  if (top === 'renderer') return judgeRenderer(imported);
  if (top === 'electron') return kind === 'file' ? judgeElectron(file, imported) : null;
  return null;
}

function judgeShared({ target, kind }: Import): string | null {
  if (kind === 'file' ? target.startsWith('shared/') : target === 'zod') return null;
  return `imports ${target}: shared/ knows itself and zod only`;
}

function judgeRenderer({ target, kind }: Import): string | null {
  if (kind === 'file') return /^(renderer|shared)\//.test(target) ? null : `imports ${target}: renderer/ knows itself and shared/ only`;
  return kind === 'package' && rendererPackages.test(target)
    ? null
    : `imports ${target}: that is no library of the renderer (build/rules/boundaries.ts lists them)`;
}

function judgeElectron(file: string, { target, typeOnly }: Import): string | null {
  if (target.startsWith('shared/') || /^resources\/.*\.json$/.test(target)) return null;
  if (!target.startsWith('electron/')) return `imports ${target}: electron/ knows itself and shared/ only`;
  if (electronRoot.test(file) || electronShell.test(file)) return null;
  if (electronRoot.test(target)) return `imports ${target}: entry points import slices, not the other way round`;
  const [own, other] = [sliceOf(file), sliceOf(target)];
  if (own === other || other === 'lib' || typeOnly || target === 'electron/engine/names.ts') return null;
  return `imports ${target}: slices meet in compose.ts; import its types only`;
}

function sliceOf(file: string): string {
  return file.split('/')[1] ?? '';
}
