import { afterAll, beforeAll, expect, test } from 'vitest';
import { consumeOffer, lockAcceptedOffer, supersedeOffers } from '../../src/domain/offers/index.ts';
import { target } from '../../src/domain/kernel/index.ts';
import { offerMachine, type OfferMove, type OfferState } from '../../src/domain/offers/machine.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { bargain, makeOffer, travelTo, within, type Bargain } from './bargain.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

type Role = 'buyer' | 'seller' | 'system' | 'stranger';
interface Played extends Bargain {
  offerId: string;
  stranger: TestUser;
}

/** How the commands bring an offer into each state. */
const paths: Record<OfferState, (played: Played) => Promise<unknown>> = {
  awaiting_seller: async () => {},
  awaiting_buyer: (played) => by(played, 'seller', 'counter'),
  accepted: (played) => by(played, 'seller', 'accept'),
  declined: (played) => by(played, 'seller', 'decline'),
  withdrawn: (played) => by(played, 'buyer', 'withdraw'),
  expired: (played) => by(played, 'system', 'expire'),
  superseded: (played) => by(played, 'system', 'supersede'),
  consumed: async (played) => {
    await by(played, 'seller', 'accept');
    await by(played, 'buyer', 'checkout');
  },
  lapsed: async (played) => {
    await by(played, 'seller', 'accept');
    await by(played, 'system', 'lapse');
  },
};

/** Tries a move as a role and answers the error, or null. System moves and checkout come from jobs and other areas. */
async function by(played: Played, role: Role, move: OfferMove): Promise<string | null> {
  const { offerId, listingId, buyer } = played;
  if (move === 'supersede') {
    await within(market, (tx) => supersedeOffers(tx, listingId));
    return null;
  }
  if (move === 'expire' || move === 'lapse') {
    const { deadline } = await market.ok(buyer, 'offers.get', { offerId });
    if (deadline) travelTo(market, deadline);
    await market.runJob(`offers.${move}`);
    market.clock.offsetMs = 0;
    return null;
  }
  const person = played[role as 'buyer' | 'seller' | 'stranger'];
  if (move === 'checkout') return checkOut(offerId, person);
  const round = await standingRound(played);
  const input = { counter: { round, amountMinor: 9_000 }, accept: { round }, decline: { round }, withdraw: {} }[move];
  const reply = await market.call(person, `offers.${move}`, { offerId, ...input });
  return reply.ok ? null : reply.error.code;
}

function checkOut(offerId: string, { actor }: TestUser): Promise<string | null> {
  return within(market, async (tx) => {
    const locked = await lockAcceptedOffer(tx, { offerId, buyerId: actor.userId });
    if (typeof locked === 'string') return locked;
    await consumeOffer(tx, locked);
    return null;
  });
}

const standingRound = async ({ buyer, offerId }: Played) => (await market.ok(buyer, 'offers.get', { offerId })).round;
const stateOf = async ({ buyer, offerId }: Played) => (await market.ok(buyer, 'offers.get', { offerId })).state;

async function playTo(state: OfferState): Promise<Played> {
  const found = await bargain(market);
  const { id } = await makeOffer(market, found);
  const played = { ...found, offerId: id, stranger: await market.user() };
  await paths[state](played);
  expect(await stateOf(played)).toBe(state);
  return played;
}

const systemMoves = new Set<OfferMove>(['expire', 'supersede', 'lapse']);
const moves = Object.keys(offerMachine.moves) as OfferMove[];
const rolesOf = (move: OfferMove): Role[] => (systemMoves.has(move) ? ['system'] : ['buyer', 'seller', 'stranger']);

function errorsOf(role: Role, to: OfferState | null): (string | null)[] {
  if (to || role === 'system') return [null];
  return role === 'stranger' ? ['offers.not_found'] : ['offers.wrong_state', 'offers.not_your_turn'];
}

for (const state of offerMachine.states) {
  for (const move of moves) {
    for (const role of rolesOf(move)) {
      const to = role === 'stranger' ? null : target(offerMachine, move, { state, by: role });
      test(`${move} by ${role} in ${state} ${to ? `leads to ${to}` : 'changes nothing'}`, async () => {
        const played = await playTo(state);
        const error = await by(played, role, move);
        expect(await stateOf(played)).toBe(to ?? state);
        expect(errorsOf(role, to)).toContain(error);
      });
    }
  }
}

test('allowed actions are exactly the moves the machine has for that side', async () => {
  for (const state of offerMachine.states) {
    const played = await playTo(state);
    for (const role of ['buyer', 'seller'] as const) {
      const { allowedActions } = await market.ok(played[role], 'offers.get', { offerId: played.offerId });
      const expected = moves
        .filter((move) => target(offerMachine, move, { state, by: role }))
        .map((move) => `offers.${move}`);
      expect(allowedActions).toEqual(expected);
    }
  }
});
