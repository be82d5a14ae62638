import type { ReactNode } from 'react';
import type { Agent } from '../../../shared/model/agent.ts';
import { CachesOption } from './caches-option.tsx';
import { ImageOption } from './image-option.tsx';
import { MountsOption } from './mounts-option.tsx';
import { LinesOption, SwitchOption, TextOption } from './text-fields.tsx';
import type { OptionsEditor } from './use-options.ts';
import styles from './options.module.css';

type Props = {
  readonly editor: OptionsEditor;
  /** Of the workspace's agent; absent where the options are for every agent. */
  readonly agent?: Agent | undefined;
  readonly engine: string;
  /** Domains are rules once the workspace is there. */
  readonly domains?: boolean;
};

/** Every option that has a good default, in the order of how often it is needed. */
export function OptionFields({ editor, agent, engine, domains = false }: Props): ReactNode {
  return (
    <div className={styles.fields}>
      <h2>Resources</h2>
      <TextOption editor={editor} name="cpus" width="small" unit="fractions are fine" />
      <TextOption editor={editor} name="memoryMb" width="small" unit="GB" />
      <TextOption editor={editor} name="pidsLimit" width="small" unit="at once" />
      <h2>Agent</h2>
      <AgentOptions editor={editor} agent={agent} />
      <LinesOption editor={editor} name="env" placeholder="NAME=value" hint="One a line, without quotes. All that runs in the workspace can read them." />
      <h2>Container</h2>
      <ImageOption editor={editor} engine={engine} />
      <SwitchOption editor={editor} name="systemPackages" label="Allow system packages">
        You, not the agent, may install packages of the system, through the wall.
      </SwitchOption>
      <TextOption
        editor={editor}
        name="command"
        mono
        placeholder="None"
        hint="A program that runs beside the agent from the start. The container lives as long as it does."
      />
      <TextOption editor={editor} name="workingFolder" mono placeholder="The project’s folder" />
      <h2>Files and networks</h2>
      <MountsOption editor={editor} />
      <CachesOption editor={editor} />
      <TextOption editor={editor} name="groups" width="name" mono placeholder="None" hint="Names of the image’s groups, or ids, with spaces between." />
      <LinesOption
        editor={editor}
        name="networks"
        placeholder="network alias alias"
        hint="Internal networks of the engine, one a line, then the names this workspace has there."
      />
      {domains ? <LinesOption editor={editor} name="domains" placeholder="*.example.com" hint="Allowed from the start, besides what the agent needs." /> : null}
      <LinesOption editor={editor} name="labels" placeholder="name=value" hint="Labels of the container, for tools of yours." />
    </div>
  );
}

function AgentOptions({ editor, agent }: Pick<Props, 'editor' | 'agent'>): ReactNode {
  if (agent?.agent === 'shell') return null;
  return (
    <>
      <TextOption editor={editor} name="model" width="name" placeholder="Chosen by the agent" />
      <SwitchOption editor={editor} name="skipPermissions" label="Start without permission prompts">
        Ask for nothing: the container and the wall are the fence.
      </SwitchOption>
      {agent?.version === undefined && agent ? null : (
        <TextOption
          editor={editor}
          name="agentVersion"
          width="name"
          mono
          placeholder={agent?.version ?? 'As tested'}
          hint="One exact version. It stays until you change it."
        />
      )}
      <TextOption editor={editor} name="extraArguments" mono placeholder="None" hint="Given to the agent at each start, as typed here." />
    </>
  );
}
