import { attempt, ordersOf, peopleOf, type Scene, type Stage } from './stage.ts';

/** What people are shown of their money, against the postings: wallets, and the statement of each order. */
export async function judgeViews(stage: Stage, scenes: readonly Scene[]): Promise<string[]> {
  const found = await Promise.all(
    scenes.map(async (scene) => [
      ...(await Promise.all(peopleOf(scene).map((person) => walletOf(stage, scene, person)))),
      ...(await Promise.all(ordersOf(scene).map((order) => statementOf(stage, order)))),
    ]),
  );
  return found.flat(2);
}

async function walletOf(stage: Stage, { currency }: Scene, person: Scene['buyers'][number]): Promise<string[]> {
  const shown = await attempt(stage, person)('wallet.get', {});
  const rows = await stage.query<{ what: string; amount: string }>(`
    select split_part(a.code, ':', 3) as what, coalesce(sum(p.amount_minor), 0)::text as amount
    from ledger_account a join ledger_posting p on p.account_id = a.id
    where a.code like 'user:${person.id}:%' and a.currency = '${currency}' group by 1`);
  const booked = (what: string) => Number(rows.find((row) => row.what === what)?.amount ?? 0);
  const balance = shown?.wallets.find((one: any) => one.currency === currency);
  const views = [balance?.availableMinor ?? 0, balance?.reservedMinor ?? 0];
  const posted = [booked('available'), booked('reserved')];
  return String(views) === String(posted) ? [] : [`wallet of ${person.id} shows ${views}, its postings ${posted}`];
}

/** The sums over the postings of an order, by who has them in the end. */
const shares = (orderId: string) => `
  select case
      when split_part(a.code, ':', 1) in ('escrow', 'refund', 'reserve', 'debt') then split_part(a.code, ':', 1)
      when a.code in ('platform:fees', 'platform:delivery', 'platform:losses') then a.code
    end as holder, sum(p.amount_minor)::text as amount
  from ledger_transfer t join ledger_posting p on p.transfer_id = t.id join ledger_account a on a.id = p.account_id
  where t.order_id = '${orderId}' group by 1`;

const shownAs: Readonly<Record<string, string>> = {
  escrow: 'escrow',
  refund: 'refund_pending',
  reserve: 'reserve',
  debt: 'debt',
  'platform:fees': 'fee',
  'platform:delivery': 'delivery',
  'platform:losses': 'losses',
};

async function statementOf(
  stage: Stage,
  { id: orderId, seller, buyer }: ReturnType<typeof ordersOf>[number],
): Promise<string[]> {
  const wrong: string[] = [];
  for (const side of [seller, buyer]) {
    const { holders, paidMinor, discountMinor } = await attempt(stage, side)('orders.statement', { orderId });
    const held = holders.reduce((sum: number, share: any) => sum + share.amountMinor, 0);
    if (held !== paidMinor + discountMinor)
      wrong.push(`statement of ${orderId} has ${paidMinor} paid and ${discountMinor} off, and ${held} held`);
    if (side !== seller) continue;
    const rows = await stage.query<{ holder: string | null; amount: string }>(shares(orderId));
    for (const { holder, amount } of rows) {
      if (holder === null) continue;
      const shown = holders.find((share: any) => share.holder === shownAs[holder])?.amountMinor ?? 0;
      if (shown !== Number(amount)) wrong.push(`statement of ${orderId} has ${shown} at ${holder}, postings ${amount}`);
    }
  }
  return wrong;
}
