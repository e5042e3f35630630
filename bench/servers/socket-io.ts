import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { answerBench } from './answering.ts';

// Plain Socket.IO as its documentation sets it up, without long-polling and compression.
const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
io.on('connection', (socket) => void socket.join('room'));
http.listen(0, '127.0.0.1', () => {
  answerBench((http.address() as AddressInfo).port, (text) => io.to('room').emit('room', text));
});
