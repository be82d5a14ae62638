import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/app.css';
import { createLink } from '../shared/contract/link.ts';
import { App } from './app.tsx';
import { createDesktop } from './lib/bridge.ts';
import { connectWebSocket, socketAddress } from './lib/connection.ts';
import { CoreProvider, createCore } from './lib/core.tsx';
import { handleShortcut } from './lib/keys.ts';
import { applyPreferences } from './lib/preferences.ts';
import { connectShell } from './lib/shell.ts';
import { letStylesThroughThePolicy } from './lib/styles-under-policy.ts';

letStylesThroughThePolicy();
applyPreferences();
addEventListener('keydown', handleShortcut, { capture: true });

const desktop = window.forgehold ? createDesktop(window.forgehold) : null;
if (desktop) connectShell(desktop.shell);
const core = createCore(desktop?.link ?? createLink({ connect: () => connectWebSocket(socketAddress(location)) }));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <CoreProvider core={core}>
      <App />
    </CoreProvider>
  </StrictMode>,
);
