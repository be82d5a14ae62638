import { FuseV1Options, FuseVersion, type FuseV1Config } from '@electron/fuses';

/** Every switch that Electron has in its binary: one that a later version adds does not compile until it is decided here. */
type AllFuses = Extract<FuseV1Config, { readonly strictlyRequireAllFuses: true }>;

export const fuses: AllFuses = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // The app is no Node for whoever sets an environment variable; the command line is a part of the app itself.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // The window keeps no cookie; encrypting none would still unlock the keychain at each start.
  [FuseV1Options.EnableCookieEncryption]: false,
  // Only the archive that was packaged is run: checked on macOS and Windows, without effect on Linux.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // The page is served as app://; a file: page would get nothing special.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // Faster bounds checks, as in the browser.
  [FuseV1Options.WasmTrapHandlers]: true,
};

/** For an Electron that has only the first `count` of them: tests package an older one where the pinned one cannot be had. */
export function takeFuses(count: number): FuseV1Config {
  if (count >= Object.values(FuseV1Options).filter((fuse) => typeof fuse === 'number').length) return fuses;
  const kept = Object.entries(fuses).filter(([name]) => Number.isNaN(Number(name)) || Number(name) < count);
  return Object.fromEntries(kept) as FuseV1Config;
}
