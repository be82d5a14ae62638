import type { ForgeConfig } from '@electron-forge/shared-types';

type PackagerConfig = NonNullable<ForgeConfig['packagerConfig']>;
type Signing = Pick<PackagerConfig, 'osxSign' | 'osxNotarize'>;

/**
 * How a macOS build is signed and notarised, from the environment of a release: `APPLE_SIGNING_IDENTITY`, and `APPLE_API_KEY` (a file),
 * `APPLE_API_KEY_ID`, `APPLE_API_ISSUER` of App Store Connect. Without an identity the app is signed for this machine only.
 *
 * @throws when only a part of it is set: a release must not come out half signed.
 */
export function readSigning(environment: NodeJS.ProcessEnv): Signing {
  const { APPLE_SIGNING_IDENTITY: identity, APPLE_API_KEY: key, APPLE_API_KEY_ID: keyId, APPLE_API_ISSUER: issuer } = environment;
  const given = [identity, key, keyId, issuer].filter(Boolean).length;
  if (given === 0) return {};
  if (!identity || !key || !keyId || !issuer)
    throw new Error('To sign for macOS set APPLE_SIGNING_IDENTITY, APPLE_API_KEY, APPLE_API_KEY_ID and APPLE_API_ISSUER, all four; or none.');
  return {
    osxSign: { identity, optionsForFile: () => ({ hardenedRuntime: true, entitlements: 'build/package/entitlements.plist' }) },
    osxNotarize: { appleApiKey: key, appleApiKeyId: keyId, appleApiIssuer: issuer },
  };
}
