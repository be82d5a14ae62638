/**
 * The page's policy has no 'unsafe-inline': it allows `<style>` elements that carry its nonce, and styles set by script through
 * the CSSOM, but no `style` attributes. xterm makes `<style>` elements without a nonce, and without WebGL it writes the colours of
 * its characters with `setAttribute('style', …)`. Here the first get the nonce, and the second go through the CSSOM.
 */
export function letStylesThroughThePolicy(): void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
  if (!nonce) return;
  const create = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = create(name, options);
    if (name.toLowerCase() === 'style') element.nonce = nonce;
    return element;
  };
  HTMLElement.prototype.setAttribute = setAttribute;
}

function setAttribute(this: HTMLElement, name: string, value: string): void {
  if (name === 'style') this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}
