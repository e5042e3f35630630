import { defineArea } from '../kernel/define.ts';
import { claimReport } from './commands/claim-report.ts';
import { fileComplaint } from './commands/file-complaint.ts';
import { fileReportCommand } from './commands/file-report.ts';
import { liftSuspensions, liftSuspensionsJob } from './commands/lift-suspensions.ts';
import { openEvidence } from './commands/open-evidence.ts';
import { resolveReport } from './commands/resolve-report.ts';
import { ReportEntity, SanctionEntity } from './entities.ts';
import { moderationErrors } from './errors.ts';
import { reportChanged, sanctionChanged } from './events.ts';
import { reportMachine } from './machine.ts';
import { moderationPersonal } from './personal.ts';
import { getReport } from './queries/get-report.ts';
import { myReports } from './queries/my-reports.ts';
import { reportQueue } from './queries/report-queue.ts';
import { reportSnapshot, sanctionSnapshot } from './snapshot.ts';

export const moderation = defineArea({
  name: 'moderation',
  operations: [
    fileReportCommand,
    fileComplaint,
    myReports,
    reportQueue,
    getReport,
    claimReport,
    openEvidence,
    resolveReport,
    liftSuspensions,
  ],
  errors: moderationErrors,
  events: [reportChanged, sanctionChanged],
  machines: [reportMachine],
  jobs: [liftSuspensionsJob],
  snapshots: [reportSnapshot, sanctionSnapshot],
  personal: moderationPersonal,
  entities: [ReportEntity, SanctionEntity],
});
