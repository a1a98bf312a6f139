/**
 * What the simulator and its encoder child say to each other. Private to the two, which always come from the same
 * source tree, so it carries no version. Every message: u32 length of what follows, u8 type, body.
 *
 * To the child: 1 camera (JSON order), 2 picture (u16 camera, u32 frame, f64 epoch ms, u8 key).
 * From the child: 3 parameters (u16 camera, Annex B SPS and PPS), 4 unit (u16 camera, u32 frame, u8 key, Annex B).
 */
import type { Readable, Writable } from 'node:stream'
import type { SceneKind } from './camera.ts'

export const pictureWidth = 640
export const pictureHeight = 360
export const framesPerSecond = 15
/** Two seconds: the longest that a new viewer waits for a keyframe. */
export const gopFrames = 30

export type CameraOrder = {
  readonly camera: number
  readonly scene: SceneKind
  readonly caption: string
  readonly seed: number
  readonly timeZone: string
}

/** No access unit of a 640 by 360 picture comes near this. */
const messageBytesMax = 4 * 1024 * 1024

/** Cuts a byte stream into messages. */
function eachMessage(stream: Readable, take: (type: number, body: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (rest.length - at >= 5) {
      const length = rest.readUInt32BE(at)
      if (length < 1 || length > messageBytesMax)
        throw new Error(`a message of ${length} bytes on the encoder's pipe`)
      if (rest.length - at < 4 + length) break
      take(rest[at + 4]!, rest.subarray(at + 5, at + 4 + length))
      at += 4 + length
    }
    rest = rest.subarray(at)
  })
}

function message(type: number, head: Buffer, body?: Buffer): Buffer {
  const start = Buffer.alloc(5)
  start.writeUInt32BE(1 + head.length + (body?.length ?? 0))
  start[4] = type
  return Buffer.concat(body === undefined ? [start, head] : [start, head, body])
}

export function orderCamera(to: Writable, order: CameraOrder): void {
  to.write(message(1, Buffer.from(JSON.stringify(order))))
}

export function orderPicture(
  to: Writable,
  camera: number,
  frame: number,
  epochMs: number,
  key: boolean,
): void {
  const head = Buffer.alloc(15)
  head.writeUInt16BE(camera, 0)
  head.writeUInt32BE(frame, 2)
  head.writeDoubleBE(epochMs, 6)
  head[14] = key ? 1 : 0
  to.write(message(2, head))
}

export function readOrders(
  from: Readable,
  on: {
    camera(order: CameraOrder): void
    picture(camera: number, frame: number, epochMs: number, key: boolean): void
  },
): void {
  eachMessage(from, (type, body) => {
    if (type === 1) on.camera(JSON.parse(body.toString()) as CameraOrder)
    if (type === 2)
      on.picture(body.readUInt16BE(0), body.readUInt32BE(2), body.readDoubleBE(6), body[14] === 1)
  })
}

export function writeParameters(camera: number, parameters: Buffer): void {
  const head = Buffer.alloc(2)
  head.writeUInt16BE(camera)
  process.stdout.write(message(3, head, parameters))
}

export function writeUnit(camera: number, frame: number, key: boolean, unit: Buffer): void {
  const head = Buffer.alloc(7)
  head.writeUInt16BE(camera, 0)
  head.writeUInt32BE(frame, 2)
  head[6] = key ? 1 : 0
  process.stdout.write(message(4, head, unit))
}

export function readUnits(
  from: Readable,
  on: {
    parameters(camera: number, parameters: Buffer): void
    unit(camera: number, frame: number, key: boolean, unit: Buffer): void
  },
): void {
  eachMessage(from, (type, body) => {
    const camera = body.readUInt16BE(0)
    if (type === 3) on.parameters(camera, body.subarray(2))
    if (type === 4) on.unit(camera, body.readUInt32BE(2), body[6] === 1, body.subarray(7))
  })
}
