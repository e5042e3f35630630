import type { Order } from './entities.ts';
import type { OrderState } from './machine.ts';
import type { OrderSettings } from './settings.ts';

const dayMs = 86_400_000;

/** How long a state lasts before the system acts; null where nothing is due. */
export function timeLeftMs(state: OrderState, settings: OrderSettings): number | null {
  if (state === 'placed') return settings.sellerResponseMs;
  if (state === 'accepted' || state === 'packed') return settings.handlingMs;
  if (state === 'ready_for_pickup') return settings.pickupMs;
  return state === 'delivered' ? settings.autoReceiveMs : null;
}

type Reminded = 'placed' | 'accepted' | 'packed' | 'ready_for_pickup' | 'delivered';

interface Reminder {
  /** Whose turn it is. */
  readonly to: 'buyer' | 'seller';
  readonly template: string;
  /** How long before the end each reminder is due, the first one first. */
  beforeEndMs(windowMs: number): readonly number[];
}

/** At most a day, and not before half of a short window is over. */
const dayBefore = (windowMs: number) => Math.min(dayMs, windowMs / 2);
const halfAndDayBefore = (windowMs: number) => [...new Set([windowMs / 2, dayBefore(windowMs)])];

const handling: Reminder = { to: 'seller', template: 'order.handling_due', beforeEndMs: halfAndDayBefore };
export const reminders: Readonly<Record<Reminded, Reminder>> = {
  placed: { to: 'seller', template: 'order.answer_due', beforeEndMs: (windowMs) => [windowMs / 2, windowMs / 12] },
  accepted: handling,
  packed: handling,
  ready_for_pickup: { to: 'buyer', template: 'order.pickup_due', beforeEndMs: (windowMs) => [dayBefore(windowMs)] },
  delivered: { to: 'buyer', template: 'order.receipt_due', beforeEndMs: (windowMs) => [dayBefore(windowMs)] },
};

export function reminderOf(state: OrderState): Reminder | null {
  return state in reminders ? reminders[state as Reminded] : null;
}

/** Sets when a state that an order has just come to ends by itself, and when its side is reminded of that. */
export function startState(order: Order, settings: OrderSettings, at: Date): void {
  const afterMs = timeLeftMs(order.state, settings);
  order.deadline = afterMs === null ? null : new Date(at.getTime() + afterMs);
  order.reminders = 0;
  order.remindAt = nextReminder(order, settings, at);
}

/** Counts those that are due as told, however many: after an outage one reminder is enough. */
export function countReminder(order: Order, settings: OrderSettings, now: Date): void {
  order.reminders += 1;
  order.remindAt = nextReminder(order, settings, now);
}

function nextReminder({ state, deadline }: Order, settings: OrderSettings, now: Date): Date | null {
  const windowMs = timeLeftMs(state, settings);
  const moments = windowMs === null ? [] : (reminderOf(state)?.beforeEndMs(windowMs) ?? []);
  const times = moments.map((beforeMs) => (deadline?.getTime() ?? 0) - beforeMs);
  const next = times.find((time) => time > now.getTime());
  return next === undefined ? null : new Date(next);
}
