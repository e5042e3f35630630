import type { Tx } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';
import { enqueueMessage, type TemplateKey, type TemplateParams } from '../outbox/index.ts';
import { provenAddresses, type Address } from './addresses.ts';
import type { Account } from './entities.ts';

const alertTtlMs = 3 * 86_400_000;

/** Tells a person what happened to their account, where they proved that they read it: by e-mail, else by SMS. */
export async function alertOwner<Key extends TemplateKey>(
  tx: Tx,
  account: Account,
  message: { template: Key; params: TemplateParams[Key] },
): Promise<void> {
  const [address] = provenAddresses(account);
  if (address) await alertAddress(tx, { account, address }, message);
}

/** The same at one address, such as one that is being replaced. */
export async function alertAddress<Key extends TemplateKey>(
  tx: Tx,
  { account, address }: { account: Account; address: Address },
  { template, params }: { template: Key; params: TemplateParams[Key] },
): Promise<void> {
  const now = await tx.now();
  await enqueueMessage(tx, {
    channel: channelOf(address),
    recipient: address.value,
    userId: account.id,
    locale: account.locale,
    template,
    params,
    onceKey: `${template}:${newId()}`,
    expiresAt: new Date(now.getTime() + alertTtlMs),
  });
}

export function channelOf({ kind }: Address): 'email' | 'sms' {
  return kind === 'email' ? 'email' : 'sms';
}
