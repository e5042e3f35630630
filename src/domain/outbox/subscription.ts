import { z } from 'zod';

/** A browser's PushSubscription as JSON, as much of it as is needed. */
const Subscription = z.object({
  endpoint: z.url().max(1_000),
  keys: z.object({
    p256dh: z.string().regex(/^[A-Za-z0-9_-]{80,100}=*$/),
    auth: z.string().regex(/^[A-Za-z0-9_-]{16,40}=*$/),
  }),
});
type Subscription = z.infer<typeof Subscription>;

/** Null for what is none. */
export function readSubscription(json: string): Subscription | null {
  try {
    return Subscription.parse(JSON.parse(json));
  } catch {
    return null;
  }
}

/**
 * Whether an endpoint is one of the push services that we call: the address comes from clients, and would otherwise
 * have us call anything (SSRF). `push.example` allows this host by https on port 443, `*.push.example` those under it,
 * and an origin such as `http://127.0.0.1:8080` exactly itself.
 */
export function isPushService(endpoint: string, allowed: readonly string[]): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, port, origin, username, password } = new URL(endpoint);
  if (username !== '' || password !== '') return false;
  if (allowed.includes(origin)) return true;
  if (protocol !== 'https:' || port !== '') return false;
  return allowed.some((host) => host === hostname || (host.startsWith('*.') && hostname.endsWith(host.slice(1))));
}
