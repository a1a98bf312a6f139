import type { FaultKind } from './faults.ts'

/** The places that the simulator can draw. */
export const sceneKinds = ['hallway', 'front-door', 'car-park'] as const
export type SceneKind = (typeof sceneKinds)[number]

/** What a simulated camera is told at its start. */
export type CameraSpec = {
  /** Last part of its address (`rtsp://host:port/NAME`) and its name in `fault()`: letters, digits, hyphen. */
  readonly name: string
  readonly scene: SceneKind
  /** Burnt in at the top left; capitals, digits and simple signs. Default: the name. */
  readonly caption?: string
  /** Both or neither: the camera then asks for them (Digest, and Basic when `auth` says so). */
  readonly username?: string
  readonly password?: string
  readonly auth?: 'digest' | 'basic'
  /** Offers a sound track (PCMU hum) beside the picture. Default false. */
  readonly audio?: boolean
  /** A port of its own, so that `refuse` is a refused TCP connection. 0: any free one. Default: the shared port. */
  readonly port?: number
}

/** What happened at a camera since its start, for tests to look at. */
export type CameraCounts = {
  /** Connections taken. */
  readonly connections: number
  /** Frames that were drawn and encoded (only while somebody watches). */
  readonly frames: number
  /** Sound tracks that somebody asked for: a recorder without a mandate for sound never does. */
  readonly soundSetups: number
  /** Sign-in attempts that failed. */
  readonly refusedSignIns: number
  /** Packets withheld by `drop-packets`. */
  readonly droppedPackets: number
  /** Clients that are being sent pictures now. */
  readonly watching: number
}

export type Cameras = {
  /** RTSP address of each camera by name, without user and password. */
  readonly urls: Readonly<Record<string, string>>
  /** Begins a fault at a camera, or ends whatever is there with 'none'. */
  fault(name: string, kind: FaultKind | 'none'): void
  counts(name: string): CameraCounts
  close(): Promise<void>
}
