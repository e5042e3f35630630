import { defineArea } from '../kernel/define.ts';
import { merchantDashboard } from './queries/merchant-dashboard.ts';

export const analytics = defineArea({
  name: 'analytics',
  operations: [merchantDashboard],
  errors: {},
  entities: [],
});
