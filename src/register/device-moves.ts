/**
 * Where a device may go from where it is: pure. Kit that has been out may hold pictures of people, so it is wiped before
 * anybody else has it (UK GDPR Art 5(1)(f)); what a policy refuses is not taken into the register for use.
 */
import type { Pack } from '#policy/policy.ts'
import type { Device, DeviceKind, DeviceStatus } from './device-store.ts'

export const moves = ['issue', 'return', 'install', 'repair', 'wipe', 'retire'] as const
export type Move = (typeof moves)[number]
export const moveLabels: Readonly<Record<Move, string>> = {
  issue: 'Give it to somebody',
  return: 'It came back into store',
  install: 'It was put in at a place',
  repair: 'It goes to be repaired',
  wipe: 'It was wiped: it holds no pictures now',
  retire: 'It is no longer used',
}

const from: Readonly<Record<Move, readonly DeviceStatus[]>> = {
  issue: ['store'],
  return: ['issued', 'installed', 'repair'],
  install: ['store', 'issued'],
  repair: ['store', 'issued', 'installed'],
  wipe: ['store', 'repair'],
  retire: ['store', 'repair'],
}

/** Moves that make sense from here, for a form. */
export const movesFrom = (device: Pick<Device, 'status' | 'unwiped'>): readonly Move[] =>
  moves.filter((move) => from[move].includes(device.status) && (move !== 'wipe' || device.unwiped))

/** Why a device may not move so, or null. */
export function moveBar(device: Pick<Device, 'status' | 'unwiped'>, move: Move): string | null {
  if (device.status === 'retired') return 'It is no longer used, so it goes nowhere.'
  if (!from[move].includes(device.status))
    return `That cannot follow from where it is now. First: ${movesFrom(device)
      .map((one) => moveLabels[one].toLowerCase())
      .join(', or ')}.`
  if (device.unwiped && (move === 'issue' || (move === 'install' && device.status === 'store')))
    return 'It has been out since it was last wiped and may hold pictures. Wipe it first.'
  if (device.unwiped && move === 'retire')
    return 'It may hold pictures. Wipe it before it is thrown away or sold.'
  if (device.unwiped && move === 'repair' && device.status === 'store')
    return 'It may hold pictures. Wipe it before it leaves the house.'
  return null
}

/** What the device is after the move. Where it hangs and who holds it are the mover's to say. */
export function afterMove(
  device: Device,
  move: Move,
  said: {
    readonly holderId: string | null
    readonly siteId: string | null
    readonly systemId: string | null
    readonly place: string
  },
): Pick<
  Device,
  'status' | 'siteId' | 'systemId' | 'cameraId' | 'holderId' | 'place' | 'unwiped' | 'declaredUntil'
> {
  const kept = { declaredUntil: device.declaredUntil, cameraId: null }
  const nowhere = { siteId: null, systemId: null, holderId: null }
  switch (move) {
    case 'issue':
      return {
        ...kept,
        ...nowhere,
        status: 'issued',
        holderId: said.holderId,
        place: said.place,
        unwiped: true,
      }
    case 'return':
      return { ...kept, ...nowhere, status: 'store', place: said.place, unwiped: device.unwiped }
    case 'install':
      return {
        ...kept,
        status: 'installed',
        siteId: said.siteId,
        systemId: said.systemId,
        holderId: null,
        place: said.place,
        unwiped: true,
      }
    case 'repair':
      return { ...kept, ...nowhere, status: 'repair', place: said.place, unwiped: device.unwiped }
    case 'wipe':
      return {
        status: device.status,
        siteId: device.siteId,
        systemId: device.systemId,
        cameraId: device.cameraId,
        holderId: device.holderId,
        place: device.place,
        declaredUntil: device.declaredUntil,
        unwiped: false,
      }
    case 'retire':
      return { ...kept, ...nowhere, status: 'retired', place: said.place, unwiped: false }
  }
}

/** The policy's word against equipment of this kind, or null. */
export function kindBar(
  pack: Pack,
  kind: DeviceKind,
): { readonly message: string; readonly clause: string | null } | null {
  const refused = pack.values.technologiesRefused.find((technology) => technology.code === kind)
  return refused === undefined
    ? null
    : { message: `The policy does not allow this: ${refused.label}.`, clause: refused.clause }
}
