/** npm's own option definitions; the published types leave this module out. */
declare module '@npmcli/config/lib/definitions/index.js' {
  const npm: {
    readonly definitions: Record<string, never>;
    readonly shorthands: Record<string, string[]>;
    readonly flatten: () => void;
  };
  export = npm;
}
