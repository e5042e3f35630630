import { loadUws } from '../../src/gateway/uws.ts';
import { answerBench } from './answering.ts';

// The floor: one topic. `framed` publishes what a numbered event of a room weighs on the wire, else the bare text.
const isFramed = process.argv[2] === 'framed';
let seq = 0;
function framed(text: string): string {
  seq += 1;
  const event = { seq, type: 'bench.said', at: new Date().toISOString(), data: text };
  return `42${JSON.stringify(['room', { room: 'bench:room', epoch: '00000000', events: [event] }])}`;
}

const uws = await loadUws();
if ('error' in uws) throw new Error(uws.error);
const app = uws.App();
app.ws('/*', { open: (ws) => (ws as unknown as { subscribe(topic: string): void }).subscribe('room') });
app.listen('127.0.0.1', 0, 0, (listening) => {
  if (!listening) throw new Error('cannot listen');
  answerBench(uws.us_socket_local_port(listening), (text) => app.publish('room', isFramed ? framed(text) : text));
});
