import type { Harness, TestUser } from '../support/harness.ts';

/** A promo of 10 percent with a code of its own. */
export async function promoOf(
  market: Harness,
  fields: Record<string, unknown> = {},
): Promise<{ admin: TestUser; id: string; code: string; version: number }> {
  const admin = await market.user({ roles: ['admin'] });
  const code = `SAVE-${crypto.randomUUID().slice(0, 13)}`.toUpperCase();
  const promo = await market.ok(admin, 'promos.create', { code, discount: { kind: 'percent', bps: 1_000 }, ...fields });
  return { ...promo, admin };
}
