/** Where browsers may send cookies from. */
export interface OwnSite {
  /** Where clients reach this server, without a path. */
  readonly publicUrl: string;
  /** Other origins of browser apps. `*` lets none of them use cookies. */
  readonly corsOrigins: readonly string[];
}

/**
 * Whether a browser's `Origin` is our own or one of the configured ones. The server may be reached by more names than
 * its public one: an origin on the host that the request went to is ours too, as the browser fills in both headers
 * itself; only not over http where the public address is https, because anybody on the way can write such a page.
 */
export function isOwnOrigin(origin: string, host: string | undefined, { publicUrl, corsOrigins }: OwnSite): boolean {
  if (!URL.canParse(origin)) return false;
  const home = new URL(publicUrl);
  if (origin === home.origin || corsOrigins.includes(origin)) return true;
  const { protocol, host: from } = new URL(origin);
  const isWeb = protocol === 'https:' || (protocol === 'http:' && home.protocol === 'http:');
  return isWeb && from === host;
}

/**
 * The value of a cookie; undefined where there is none, or more than one of the name: a neighbour's page on a
 * sub-domain, or one over http, can add a cookie of its own to ours but not take ours away.
 */
export function onlyCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  return values.length === 1 ? values[0]?.slice(name.length + 1) : undefined;
}
