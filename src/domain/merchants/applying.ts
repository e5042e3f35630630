import { LockMode } from '@mikro-orm/core';
import { publicProfiles } from '../identity/index.ts';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { applyMove } from '../kernel/machine.ts';
import type { z } from 'zod';
import { ApplicationEntity, type Application } from './entities.ts';
import { applicationChanged } from './events.ts';
import { applicationMachine } from './machine.ts';
import { applicationReview, applicationView, type ApplicationReview } from './views.ts';

export async function lockApplication(tx: Tx, id: string): Promise<Application | null> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return tx.db.findOne(ApplicationEntity, { id: id as never }, lock);
}

/** Makes a move that the caller has checked. */
export function moveApplication(
  application: Application,
  { name, by, at }: { name: keyof (typeof applicationMachine)['moves']; by: 'owner' | 'reviewer'; at: Date },
): void {
  const moved = applyMove(applicationMachine, application, { name, by, at });
  assert(moved, `application ${application.id} moves: ${name} by ${by} from ${application.state}`);
  if (application.state !== 'in_review') application.claimedUntil = null;
}

type Told = z.input<typeof applicationChanged.change>['kind'];

/** Tells the applicant. */
export async function tellApplication(tx: Tx, application: Application, kind: Told): Promise<void> {
  await tx.db.flush();
  tx.emit(applicationChanged, application.userId, { view: applicationView(application), change: { kind } });
}

export async function applicationReviews(
  { db, now }: { db: Db; now: Date },
  applications: readonly Application[],
): Promise<z.input<typeof ApplicationReview>[]> {
  const people = await publicProfiles(
    db,
    applications.map(({ userId }) => userId),
  );
  return applications.map((application) => {
    const user = people.get(application.userId);
    assert(user, `application ${application.id} has a person`);
    return applicationReview(application, { user, now });
  });
}
