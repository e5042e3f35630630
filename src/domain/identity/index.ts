import { defineArea } from '../kernel/define.ts';
import { extend } from './commands/extend.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { refresh } from './commands/refresh.ts';
import { register } from './commands/register.ts';
import { revoke } from './commands/revoke.ts';
import { updateUser } from './commands/update-user.ts';
import { AccountEntity, RefreshTokenEntity, SessionEntity } from './entities.ts';
import { identityErrors } from './errors.ts';
import { userChanged } from './events.ts';
import { getUser, me } from './queries/get-user.ts';
import { listSessions } from './queries/list-sessions.ts';
import { userSnapshot } from './snapshot.ts';

export { authenticate, authenticateMany, sessionStandings, type AuthFailure } from './authenticate.ts';
export { isHiddenSeller } from './hidden-sellers.ts';
export { publicProfiles } from './profiles.ts';
export { setUserRating } from './rating.ts';
export { isStaffAccount, liftSuspension, suspendAccount } from './suspend.ts';
export { userChanged } from './events.ts';
export { createTokens, tokensPort, type Tokens, type TokenSettings } from './tokens.ts';
export { PublicUserView } from './views.ts';

export const identity = defineArea({
  name: 'identity',
  operations: [register, login, refresh, extend, logout, revoke, listSessions, me, getUser, updateUser],
  errors: identityErrors,
  events: [userChanged],
  snapshots: [userSnapshot],
  entities: [AccountEntity, SessionEntity, RefreshTokenEntity],
});
