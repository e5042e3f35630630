import type { UserId } from '../kernel/ids.ts';

/** One account of the books, in every currency. docs/MONEY.md lists all. */
export interface Account {
  readonly code: string;
  /** 1: never below zero. -1: never above it. 0: free. */
  readonly side: -1 | 0 | 1;
  /** Rows that postings are spread over, by connection. More than one only for accounts without a bound. */
  readonly shards: number;
  /** Whose wallet it is part of. */
  readonly userId?: UserId;
}

const hotShards = 16;
const holding = (code: string): Account => ({ code, side: 1, shards: 1 });
const owing = (code: string): Account => ({ code, side: -1, shards: 1 });
const hot = (code: string): Account => ({ code, side: 0, shards: hotShards });

export const accounts = {
  available: (userId: UserId): Account => ({ ...holding(`user:${userId}:available`), userId }),
  reserved: (userId: UserId): Account => ({ ...holding(`user:${userId}:reserved`), userId }),
  payment: (attemptId: string) => holding(`payment:${attemptId}`),
  escrow: (orderId: string) => holding(`escrow:${orderId}`),
  refund: (refundId: string) => holding(`refund:${refundId}`),
  payout: (sellerId: UserId) => holding(`payout:${sellerId}`),
  reserve: (sellerId: UserId) => holding(`reserve:${sellerId}`),
  debt: (userId: UserId) => owing(`debt:${userId}`),
  fees: hot('platform:fees'),
  deliveryFees: hot('platform:delivery'),
  losses: hot('platform:losses'),
  promo: hot('promo'),
  clearing: (provider: string) => hot(`provider:${provider}:clearing`),
  cashAtHub: (hubId: string) => owing(`cod:${hubId}`),
  cashClearing: hot('cash:clearing'),
} as const;
