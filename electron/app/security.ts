import { type App, type IpcMainEvent, type IpcMainInvokeEvent, type Session, session, shell, type WebContents } from 'electron';
import { AppError } from '../../shared/errors.ts';

/**
 * What no page in any window of this app may do, in one place. The rules are those of
 * https://www.electronjs.org/docs/latest/tutorial/security; each is attacked in `tests/security`.
 */

export const appScheme = 'app';
/** The one page there is. */
export const appPage = `${appScheme}://forgehold/index.html`;
/** Shown in its place when it ends again and again: text and a link back. It may ask the shell for nothing. */
export const recoveryPage = `${appScheme}://forgehold/recovery.html`;

/** Before any window. Holds for whatever web contents come to be, ours or not. */
export function hardenApp(app: App): void {
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
}

/** The page stays where it is: it is left neither by a link nor by a dropped file, opens no window, and embeds nothing. */
function hardenContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOurPage(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurPage(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isOurPage(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** No camera, no notifications of the page's own, no devices: whatever it asks for but to write the clipboard. No downloads. */
export function hardenSession(of: Session = session.defaultSession): void {
  of.setPermissionRequestHandler((contents, permission, answer) => answer(isAllowed(contents, permission)));
  of.setPermissionCheckHandler((contents, permission) => isAllowed(contents, permission));
  of.setDevicePermissionHandler(() => false);
  of.on('will-download', (event) => event.preventDefault());
  of.setSpellCheckerEnabled(false);
}

function isAllowed(contents: WebContents | null, permission: string): boolean {
  return permission === 'clipboard-sanitized-write' && contents !== null && isOurPage(contents.getURL());
}

/** @throws AppError `shell/foreign-sender` unless the page's own main frame calls */
export function refuseForeignSender(event: IpcMainInvokeEvent | IpcMainEvent, isWindow: (contents: WebContents) => boolean): void {
  const frame = event.senderFrame;
  if (frame && frame === event.sender.mainFrame && isOurPage(frame.url) && isWindow(event.sender)) return;
  throw new AppError('shell/foreign-sender', 'Only the window of Forgehold may ask for that.');
}

/** Whether this is the address of the app's page; whoever shows another hears and gets nothing. */
export function isOurPage(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return (
    parsed !== null && parsed.protocol === `${appScheme}:` && parsed.host === 'forgehold' && (parsed.pathname === '/' || parsed.pathname === '/index.html')
  );
}

/**
 * Opens an address in the user's browser.
 *
 * @throws AppError `shell/bad-address` for anything but http and https without credentials
 */
export async function openExternal(url: string): Promise<void> {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
    throw new AppError('shell/bad-address', 'Only http and https addresses without a user name are opened in the browser.');
  await shell.openExternal(parsed.href);
}
