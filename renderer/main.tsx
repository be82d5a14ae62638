import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/app.css';
import { App } from './app.tsx';
import { connectWebSocket, socketAddress } from './lib/connection.ts';
import { CoreProvider, createCore } from './lib/core.tsx';
import { handleShortcut } from './lib/keys.ts';
import { createLink } from './lib/link.ts';
import { letStylesThroughThePolicy } from './lib/styles-under-policy.ts';

letStylesThroughThePolicy();
addEventListener('keydown', handleShortcut, { capture: true });

const core = createCore(createLink({ connect: () => connectWebSocket(socketAddress(location)) }));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <CoreProvider core={core}>
      <App />
    </CoreProvider>
  </StrictMode>,
);
