import { BlockList, isIP, SocketAddress } from 'node:net';

/** Tells the client's address from the socket's address and the X-Forwarded-For header. */
export type ResolveIp = (socketAddress: string, forwardedFor: string | null | undefined) => string;

/**
 * Believes X-Forwarded-For only as far as trusted proxies wrote it: walking from the right, the first address that is
 * not a trusted proxy is the client. What stands further left was written by the client itself.
 *
 * @param trustedProxies addresses and CIDR ranges; throws on anything else
 */
export function createResolveIp(trustedProxies: readonly string[]): ResolveIp {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address);
    const widest = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? widest : Number(bits);
    if (!family || !Number.isInteger(prefix) || prefix < 0 || prefix > widest) {
      throw new Error(`trusted proxy ${entry}: expected an address or a range like 10.0.0.0/8`);
    }
    trusted.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  const isTrusted = (ip: string) => isIP(ip) !== 0 && trusted.check(ip, isIP(ip) === 4 ? 'ipv4' : 'ipv6');
  return (socketAddress, forwardedFor) => {
    let ip = canonicalIp(socketAddress);
    if (trustedProxies.length === 0 || !forwardedFor) return ip;
    const hops = forwardedFor.split(',').map((hop) => canonicalIp(hop.trim()));
    for (let hop = hops.pop(); isTrusted(ip) && hop !== undefined && isIP(hop); hop = hops.pop()) ip = hop;
    return ip;
  };
}

/** IPv6 in its shortest form, IPv4 mapped into IPv6 as IPv4: one client must not count as two. */
function canonicalIp(address: string): string {
  if (isIP(address) !== 6) return address;
  const { address: shortest } = new SocketAddress({ address, family: 'ipv6' });
  return shortest.startsWith('::ffff:') && shortest.includes('.') ? shortest.slice('::ffff:'.length) : shortest;
}
