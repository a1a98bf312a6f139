import { signEvents } from './sign-sheet/events.ts'

/** Ledger entries of this room in plain words. Leaves name ids and codes; an address never enters one. */
type Leaf = { data?: unknown; about: Readonly<Record<string, string>> }

const probeWords: Readonly<Record<string, string>> = {
  ok: 'the camera answered',
  refused: 'the connection was refused',
  'needs-password': 'it asks for a password',
  'wrong-password': 'the password is wrong',
  'no-answer': 'nothing answered',
  'not-a-camera': 'what answered is not a camera',
  'not-allowed': 'the recorder may not try that network',
  'no-video': 'the camera offers no video that we can keep',
}

const moveWords: Readonly<Record<string, string>> = {
  issue: 'was given to somebody',
  return: 'came back into store',
  install: 'was put in at a place',
  repair: 'went to be repaired',
  wipe: 'was wiped',
  retire: 'is no longer used',
}

const controllerWords: Readonly<Record<string, string>> = {
  own: 'the landlord itself',
  landlord: 'another landlord',
  outside: 'a body outside',
}

export const ledgerEvents: Readonly<Record<string, (leaf: Leaf) => string>> = {
  'site.added': () => 'A site was added to the register.',
  'site.changed': () => 'A site in the register was changed.',
  'system.added': () => 'A system was added to the register.',
  'system.manager-named': () => 'Somebody was named to answer for a system.',
  'system.changed': () => 'The name or the purposes of a system were changed.',
  'system.operator-named': () => 'Somebody was named to operate a system.',
  'system.operator-ended': () => 'Somebody no longer operates a system.',
  'system.controller-changed': (leaf) =>
    `The controller of a system was changed: ${controllerWords[said(leaf, 'controller')] ?? 'the landlord itself'}.`,
  'system.processor-named': () => 'A supplier was named as processor of a system.',
  'system.processor-ended': () => 'A supplier is no longer a processor of a system.',
  'system.procedure-set': (leaf) => `A system got version ${count(leaf, 'version')} of its procedure.`,
  'system.procedure-acknowledged': (leaf) =>
    `Somebody who runs a system said that they know version ${count(leaf, 'version')} of its procedure.`,
  'system.security-answered': (leaf) =>
    `Security questions of a system were answered: ${count(leaf, 'answered')}, of which ${count(leaf, 'notMet')} are not met.`,
  'patch.added': () => 'A patch was added to the register.',
  'patch.changed': () => 'A patch in the register was changed.',
  'device.added': () => 'A piece of equipment was added to the register.',
  'device.changed': () => 'What the register says of a piece of equipment was changed.',
  'device.moved': (leaf) => `A piece of equipment ${moveWords[said(leaf, 'move')] ?? 'was moved'}.`,
  'device.declared': () => 'A member of staff declared their own dash cam.',
  'supplier.added': () => 'A supplier was added to the register.',
  'supplier.changed': () => 'A supplier in the register was changed.',
  'supplier.proof-seen': () => 'A supplier showed a paper that is asked of them.',
  'supplier.audited': () => 'It was looked into how a supplier works.',
  'supplier.contact-changed': () => 'People to call at a supplier were added or removed.',
  'visit.planned': () => 'A visit of a supplier’s engineer was planned.',
  'visit.arrived': () => 'An engineer was let in, known to be genuine.',
  'visit.left': () => 'An engineer left, and it was said what they touched.',
  'visit.cancelled': () => 'A visit of an engineer was called off.',
  'camera.view-set': () => 'What a camera’s view must show was written down or looked at.',
  'camera.added': () => 'A camera was added to the register.',
  'camera.changed': () => 'A camera in the register was changed.',
  'camera.connected': (leaf) =>
    `The stream address of a camera was set${said(leaf, 'credentials') === 'replaced' ? ', with a new user name and password' : ''}.`,
  'camera.probed': (leaf) =>
    `A recorder tried a camera’s address: ${probeWords[said(leaf, 'code')] ?? 'it could not be used'}.`,
  'camera.device-read': (leaf) =>
    said(leaf, 'code') !== 'ok'
      ? 'A camera was asked what it does besides filming, and did not say.'
      : (leaf.data as { beyond?: number }).beyond !== 0
        ? 'A camera was asked what it does besides filming, and named something that was not agreed.'
        : 'A camera was asked what it does besides filming, and named nothing that was not agreed.',
  'plan.uploaded': () => 'A plan of a place was uploaded.',
  'plan.camera-drawn': () => 'What a camera sees was drawn on the plan of its place.',
  'plan.area-marked': (leaf) =>
    `An area was marked on the plan of a place${said(leaf, 'kind') === 'shared' ? ' as shared' : said(leaf, 'kind') === 'wall' ? ' as a wall' : ' as private'}.`,
  'plan.area-removed': () => 'A marked area was taken out of the plan of a place.',
  'view.settled': (leaf) =>
    `A view of private property was settled: ${said(leaf, 'way') === 'permission' ? 'leave was given in writing' : 'a mask is set in the camera'}.`,
  'view.unsettled': () => 'Leave or a mask for a view of private property no longer holds.',
  'estate.imported': (leaf) =>
    `A file with sites, systems and cameras was taken over: ${count(leaf, 'cameras')} new cameras, ${count(leaf, 'changed')} changed, authority to take over asked for ${count(leaf, 'takenOver')}.`,
  'estate.exported': (leaf) =>
    `The list of ${count(leaf, 'cameras')} cameras was taken out of the register, without passwords.`,
  ...signEvents,
}

function said(leaf: Leaf, key: string): string {
  const value = (leaf.data as Record<string, unknown> | undefined)?.[key]
  return typeof value === 'string' ? value : 'nothing'
}

function count(leaf: Leaf, key: string): number {
  const value = (leaf.data as Record<string, unknown> | undefined)?.[key]
  return typeof value === 'number' ? value : 0
}
