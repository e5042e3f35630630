import type { Sender } from '../channel.ts';
import { createFcm, type FcmSettings } from './fcm.ts';
import { createWebPush, type WebPushSettings } from './web-push.ts';

/** Pushes to apps through Firebase and to browsers by Web Push; either may be missing. */
export function createPushSender(settings: { fcm: FcmSettings | null; web: WebPushSettings | null }): Sender {
  const fcm = settings.fcm && createFcm(settings.fcm);
  const web = settings.web && createWebPush(settings.web);
  return {
    async send(parcel, signal) {
      const isWeb = parcel.target?.platform === 'web';
      const send = isWeb ? web : fcm;
      return send ? send(parcel, signal) : { kind: 'failed', reason: `no ${isWeb ? 'VAPID' : 'FCM'} keys` };
    },
  };
}
