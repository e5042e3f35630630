import { afterAll, beforeAll, expect, test } from 'vitest';
import { verificationData } from '../../src/domain/verification/personal.ts';
import { diskPort, partsOf } from '../support/disk.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { within } from '../offers/bargain.ts';
import { decide, submitted } from './papers.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('with an account go its papers, their numbers and hashes, and the files themselves', async () => {
  const { owner, id, documentIds } = await submitted(market, { documentNumber: '784-1990-7654321-1' });
  await decide(market, id, { decision: 'approve' });
  const { url } = await market.ok(owner, 'uploads.link', { uploadId: documentIds[0] });
  const other = await submitted(market, { documentNumber: '784-1990-7654321-1' });
  await within(market, (tx) => verificationData.forget!(tx, owner.actor.userId));
  await market.runJob('uploads.clean');
  expect((await market.ok(owner, 'verification.get')).items).toEqual([]);
  expect((await market.ports.get(diskPort).openFile(partsOf(url))).status).toBe(404);
  const reviewer = await market.user({ roles: ['moderator'] });
  const review = await market.ok(reviewer, 'verification.claim', { verificationId: other.id });
  expect(review.sameNumber).toEqual([]);
});

test('what is handed out to a person has their submissions, and no number', async () => {
  const { owner, id } = await submitted(market, { documentNumber: '784-1990-7654321-1' });
  const db = market.database.fork();
  const exported = await verificationData.export({
    db,
    sql: db.getKysely() as never,
    userId: owner.actor.userId,
    now: new Date(),
    port: (port) => market.ports.get(port),
  });
  expect(exported.verifications).toMatchObject([{ id, kind: 'emirates_id', numberEnding: '3211' }]);
  expect(JSON.stringify(exported)).not.toContain('7654321');
});
