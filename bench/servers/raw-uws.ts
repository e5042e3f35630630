import { loadUws } from '../../src/gateway/uws.ts';
import { answerBench } from './answering.ts';

// The floor: one topic, no protocol of our own.
const uws = await loadUws();
if ('error' in uws) throw new Error(uws.error);
const app = uws.App();
app.ws('/*', { open: (ws) => (ws as unknown as { subscribe(topic: string): void }).subscribe('room') });
app.listen('127.0.0.1', 0, 0, (listening) => {
  if (!listening) throw new Error('cannot listen');
  answerBench(uws.us_socket_local_port(listening), (text) => app.publish('room', text));
});
