import type { ReactNode } from 'react';
import type { Settings } from '../../../shared/model/settings.ts';
import { TextSetting } from './setting.tsx';
import type { Save } from './use-settings.ts';

export function NetworkSection({ settings, save }: { readonly settings: Settings; readonly save: Save }): ReactNode {
  return (
    <>
      <header>
        <h1>Network</h1>
        <p className="dim">What may leave is decided for each workspace, under its Allowed domains. This is how their networks are made.</p>
      </header>
      <div className="card">
        <TextSetting
          title="Subnet range"
          about="Each workspace has a private network of 16 addresses out of this range. Choose one that your own network and VPN do not use. Networks that exist keep theirs."
          value={settings.subnetRange}
          placeholder="10.213.0.0/16"
          mono
          onSave={(text) => save({ subnetRange: text }, 'Subnet range')}
        />
        <TextSetting
          title="Extra certificate authorities"
          about="A PEM file on this computer whose certificates every build and every workspace trusts besides the usual ones: for networks that open and re-sign TLS. Empty: none."
          value={settings.extraCaBundle}
          placeholder="/etc/ssl/company.pem"
          mono
          file
          onSave={(text) => save({ extraCaBundle: text }, 'Extra certificate authorities')}
        />
        <TextSetting
          title="Seccomp profile"
          about="A JSON file on this computer that denies agent containers more system calls than usual. Nothing that Forgehold denies is allowed by it. Holds from a workspace's next start. Empty: the usual one."
          value={settings.seccompProfile}
          placeholder="/etc/docker/strict.json"
          mono
          file
          onSave={(text) => save({ seccompProfile: text }, 'Seccomp profile')}
        />
      </div>
    </>
  );
}
