import { isIPv6 } from 'node:net';

/** Who counts as one address: an IPv4 address, or the /64 network that one IPv6 customer has to himself. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped) return mapped;
  // The URL parser writes an address in one way only, zeros shortened.
  const [head = '', tail] = new URL(`http://[${ip.split('%', 1)[0]}]`).hostname.slice(1, -1).split('::');
  const groups = head.split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  return [...groups, ...Array<string>(missing).fill('0'), ...(tail ?? '').split(':')].slice(0, 4).join(':');
}
