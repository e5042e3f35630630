import type { UserId } from '../kernel/ids.ts';

/** Opens accounts for payouts with a provider. The same person again gets a link to the same account. */
export interface PayoutOnboarding {
  /** The name of the payment provider that pays out to these accounts. */
  readonly provider: string;
  /** `account` is the person's own from before. May throw; nothing is stored then. */
  open(person: {
    userId: UserId;
    account: string | null;
    returnUrl: string | null;
  }): Promise<{ account: string; ready: boolean; url: string }>;
}

/** Accounts with the sandbox bank: ready at once, with a link that leads back. */
export function createSandboxOnboarding({ publicUrl }: { publicUrl: string }): PayoutOnboarding {
  return {
    provider: 'sandbox',
    open: async ({ userId, account, returnUrl }) => ({
      account: account ?? `sandbox_${userId}`,
      ready: true,
      url: returnUrl ?? `${publicUrl}/sandbox/onboarded`,
    }),
  };
}
