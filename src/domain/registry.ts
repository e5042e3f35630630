import type { Area, InboxEvent, Job, Machine, Operation, RoomKind, Signal, SnapshotPart } from './kernel/index.ts';
import { universalErrors, type ErrorTable } from './kernel/errors.ts';
import { outbox } from './outbox/index.ts';
import { identity } from './identity/index.ts';
import { trust } from './trust/index.ts';
import { preferences } from './preferences/index.ts';
import { media } from './media/index.ts';
import { verification } from './verification/index.ts';
import { merchants } from './merchants/index.ts';
import { catalog } from './catalog/index.ts';
import { chat } from './chat/index.ts';
import { offers } from './offers/index.ts';
import { ledger } from './ledger/index.ts';
import { escrow } from './escrow/index.ts';
import { delivery } from './delivery/index.ts';
import { promos } from './promos/index.ts';
import { orders } from './orders/index.ts';
import { cart } from './cart/index.ts';
import { payments } from './payments/index.ts';
import { shipments } from './shipments/index.ts';
import { payouts } from './payouts/index.ts';
import { disputes } from './disputes/index.ts';
import { streams } from './streams/index.ts';
import { reviews } from './reviews/index.ts';
import { moderation } from './moderation/index.ts';
import { analytics } from './analytics/index.ts';
import { notifications } from './notifications/index.ts';
import { sync } from './sync/index.ts';

/** Every area, in the order of the edges between them. The one list that all surfaces derive from. */
export const areas = [
  outbox,
  identity,
  trust,
  preferences,
  media,
  verification,
  merchants,
  catalog,
  chat,
  offers,
  ledger,
  escrow,
  delivery,
  promos,
  orders,
  cart,
  payments,
  shipments,
  payouts,
  disputes,
  streams,
  reviews,
  moderation,
  analytics,
  notifications,
  sync,
] as const;

type AnyOperation = (typeof areas)[number]['operations'][number];

/** Every operation by its wire name: `Operations['offers.accept']`. The client's types are mapped from it. */
export type Operations = { [Op in AnyOperation as Op['name']]: Op };

const list: readonly Area[] = areas;

function byName<T>(items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const item of items) {
    if (map.has(nameOf(item))) throw new Error(`${nameOf(item)} is declared twice`);
    map.set(nameOf(item), item);
  }
  return map;
}

export const operations = byName<Operation>(
  list.flatMap((area) => area.operations),
  (operation) => operation.name,
);
export const events = byName<InboxEvent>(
  list.flatMap((area) => area.events ?? []),
  (event) => event.type,
);
export const signals = byName<Signal>(
  list.flatMap((area) => area.signals ?? []),
  (signal) => signal.type,
);
export const roomKinds = byName<RoomKind>(
  list.flatMap((area) => area.rooms ?? []),
  (room) => room.kind,
);
export const machines = byName<Machine>(
  list.flatMap((area) => area.machines ?? []),
  (machine) => machine.name,
);
export const jobs = byName<Job>(
  list.flatMap((area) => area.jobs ?? []),
  (job) => job.name,
);
export const snapshots = byName<SnapshotPart>(
  list.flatMap((area) => area.snapshots ?? []),
  (part) => part.entity,
);
export const personalData = list.flatMap((area) => area.personal ?? []);
export const errors: ErrorTable = Object.assign({}, universalErrors, ...list.map((area) => area.errors));
export const entities = list.flatMap((area) => area.entities);

for (const { name, errors: codes } of operations.values()) {
  for (const code of codes) if (!(code in errors)) throw new Error(`${name} declares the unknown error ${code}`);
}
