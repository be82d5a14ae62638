import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { type Bridge, channels, streamMessage } from '../shared/contract/bridge.ts';

/** All that the page can do outside itself. Sandboxed: it has Electron's own modules, and no Node. */
const bridge: Bridge = {
  invoke: (name, input, token) => ipcRenderer.invoke(channels.invoke, name, input, token) as ReturnType<Bridge['invoke']>,
  cancel: (token) => ipcRenderer.send(channels.cancel, token),
  subscribe(listener) {
    const hear = (_event: unknown, announced: unknown): void => listener(announced);
    ipcRenderer.on(channels.event, hear);
    return () => void ipcRenderer.off(channels.event, hear);
  },
  openStream(name, input, id) {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage(channels.stream, { name, input }, [port1]);
    // A port does not cross the bridge; only this window's own page can hear the message.
    window.postMessage(streamMessage(id), window.location.origin, [port2]);
  },
  pathForFile: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ''),
};

// Should another page ever come to stand in the window, it has nothing.
if (window.location.origin === 'app://forgehold') contextBridge.exposeInMainWorld('forgehold', bridge);
