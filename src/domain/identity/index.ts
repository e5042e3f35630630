import { defineArea } from '../kernel/define.ts';
import { extend } from './commands/extend.ts';
import { linkTelegram } from './commands/link-telegram.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { refresh } from './commands/refresh.ts';
import { register } from './commands/register.ts';
import { revoke } from './commands/revoke.ts';
import { telegramLogin } from './commands/telegram-login.ts';
import { unlinkTelegram } from './commands/unlink-telegram.ts';
import { updateUser } from './commands/update-user.ts';
import { AccountEntity, RefreshTokenEntity, SessionEntity } from './entities.ts';
import { identityErrors } from './errors.ts';
import { userChanged } from './events.ts';
import { getUser, me } from './queries/get-user.ts';
import { listSessions } from './queries/list-sessions.ts';
import { pruneSpent, pruneSpentJob } from './prune-spent.ts';
import { userSnapshot } from './snapshot.ts';

export {
  findByVerifiedEmail,
  grantRole,
  setIdentityVerified,
  setSellingSuspended,
  withdrawRole,
} from './account-standing.ts';
export { authenticate, authenticateMany, sessionStandings, type AuthFailure } from './authenticate.ts';
export { userChanged } from './events.ts';
export { publicProfiles } from './profiles.ts';
export { KeyError } from './signing-keys.ts';
export { telegramPort, type TelegramSettings } from './telegram/settings.ts';
export { createTokens, tokensPort, type Tokens, type TokenSettings } from './tokens.ts';
export { PublicUserView } from './views.ts';

export const identity = defineArea({
  name: 'identity',
  operations: [
    register,
    login,
    telegramLogin,
    linkTelegram,
    unlinkTelegram,
    refresh,
    extend,
    logout,
    revoke,
    listSessions,
    me,
    getUser,
    updateUser,
    pruneSpent,
  ],
  errors: identityErrors,
  events: [userChanged],
  jobs: [pruneSpentJob],
  snapshots: [userSnapshot],
  entities: [AccountEntity, SessionEntity, RefreshTokenEntity],
});
