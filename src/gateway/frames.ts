import { Decoder, Encoder, PacketType, type Packet } from 'socket.io-parser';
import { limits } from '../domain/kernel/index.ts';

/** The event name under which a refused frame reaches the dispatcher. A client cannot send a symbol. */
export const refusedFrame = Symbol('refused frame');

export type FrameRefusal = 'frame.malformed' | 'frame.too_large';

/**
 * Socket.IO's decoder closes the connection at the first bad frame. This one hands the frame on as an event that says
 * what is wrong with it, with the acknowledgement's id where one can be read, so that the client gets an answer.
 */
class TolerantDecoder extends Decoder {
  override add(frame: unknown): void {
    if (typeof frame !== 'string') return this.#refuse('frame.malformed', '');
    if (isTooLarge(frame)) return this.#refuse('frame.too_large', frame);
    if (isForeign(frame)) return this.#refuse('frame.malformed', frame);
    try {
      super.add(frame);
    } catch {
      this.#refuse('frame.malformed', frame);
    }
  }

  #refuse(refusal: FrameRefusal, frame: string): void {
    const id = /^(?:2|5\d{1,3}-)(?:\/[^,]{0,64},)?(\d{1,15})/.exec(frame)?.[1];
    const packet: Packet = { type: PacketType.EVENT, nsp: '/', data: [refusedFrame, refusal] };
    this.emitReserved('decoded', id === undefined ? packet : { ...packet, id: Number(id) });
  }
}

/** A character takes at most three bytes (a pair of surrogates four), so that most frames need no counting. */
function isTooLarge(frame: string): boolean {
  if (frame.length * 3 <= limits.frameBytes) return false;
  return frame.length > limits.frameBytes || Buffer.byteLength(frame) > limits.frameBytes;
}

/** Binary attachments, and events of a namespace that does not exist. */
function isForeign(frame: string): boolean {
  if (frame[0] === '5' || frame[0] === '6') return true;
  return frame[1] === '/' && frame[0] !== '0' && frame[2] !== ',';
}

/** Replaces Socket.IO's parser: the same wire format, JSON only, tolerant of bad frames. */
export const frameParser = { Encoder, Decoder: TolerantDecoder, PacketType };

interface TransportParser {
  decodePacket(data: unknown, binaryType?: string): { type: string; data?: unknown };
}

/** Lets a frame that is not even Engine.IO reach the decoder, which refuses it; Engine.IO would close the socket. */
export function tolerateForeignFrames(connection: { transport: object }): void {
  const transport = connection.transport as { parser: TransportParser };
  const { parser } = transport;
  transport.parser = {
    ...parser,
    decodePacket(data, binaryType) {
      const packet = parser.decodePacket(data, binaryType);
      return packet.type === 'error' ? { type: 'message', data: '?' } : packet;
    },
  };
}
