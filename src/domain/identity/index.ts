import { defineArea } from '../kernel/define.ts';
import { changePassword } from './commands/change-password.ts';
import { createUser } from './commands/create-user.ts';
import { deleteAccount } from './commands/delete-account.ts';
import { extend } from './commands/extend.ts';
import { linkTelegram } from './commands/link-telegram.ts';
import { forgotPassword } from './commands/forgot-password.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { prune, pruneJob } from './commands/prune.ts';
import { refresh } from './commands/refresh.ts';
import { register } from './commands/register.ts';
import { telegramLogin } from './commands/telegram-login.ts';
import { unlinkTelegram } from './commands/unlink-telegram.ts';
import { removeUser } from './commands/remove-user.ts';
import { resetPassword } from './commands/reset-password.ts';
import { revoke, revokeOthers } from './commands/revoke.ts';
import { sendOtp } from './commands/send-code.ts';
import { setRoles } from './commands/set-roles.ts';
import { suspendUser, unsuspendUser } from './commands/suspend-user.ts';
import { updateUser } from './commands/update-user.ts';
import { verifyOtp } from './commands/verify-code.ts';
import { AccountEntity, RefreshTokenEntity, SessionEntity } from './entities.ts';
import { identityErrors } from './errors.ts';
import { userChanged } from './events.ts';
import { identityPersonal } from './personal.ts';
import { exportData } from './queries/export-data.ts';
import { getUser, me } from './queries/get-user.ts';
import { listSessions } from './queries/list-sessions.ts';
import { listUsers } from './queries/list-users.ts';
import { userSnapshot } from './snapshot.ts';

export {
  findByVerifiedEmail,
  grantRole,
  holdsRole,
  lockLiveAccount,
  setIdentityVerified,
  setSellingSuspended,
  withdrawRole,
} from './account-standing.ts';
export { contactsPerCall, findContacts } from './contacts.ts';
export { authenticate, authenticateMany, sessionStandings, type AuthFailure } from './authenticate.ts';
export { KeyError } from './signing-keys.ts';
export { telegramPort, type TelegramSettings } from './telegram/settings.ts';
export { grantAdmin } from './grant-admin.ts';
export { deriveKeys, identitySettingsPort } from './settings.ts';
export { isHiddenSeller } from './hidden-sellers.ts';
export { publicProfiles } from './profiles.ts';
export { setUserRating } from './rating.ts';
export { isStaffAccount, liftSuspension, suspendAccount } from './suspend.ts';
export { userChanged } from './events.ts';
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
    revokeOthers,
    listSessions,
    sendOtp,
    verifyOtp,
    forgotPassword,
    resetPassword,
    changePassword,
    me,
    getUser,
    updateUser,
    deleteAccount,
    exportData,
    listUsers,
    createUser,
    setRoles,
    suspendUser,
    unsuspendUser,
    removeUser,
    prune,
  ],
  errors: identityErrors,
  events: [userChanged],
  jobs: [pruneJob],
  snapshots: [userSnapshot],
  personal: identityPersonal,
  entities: [AccountEntity, SessionEntity, RefreshTokenEntity],
});
