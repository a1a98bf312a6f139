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

export const ledgerEvents: Readonly<Record<string, (leaf: Leaf) => string>> = {
  'site.added': () => 'A site was added to the register.',
  'site.changed': () => 'A site in the register was changed.',
  'system.added': () => 'A system was added to the register.',
  'system.manager-named': () => 'Somebody was named to answer for a system.',
  'camera.added': () => 'A camera was added to the register.',
  'camera.changed': () => 'A camera in the register was changed.',
  'camera.connected': (leaf) =>
    `The stream address of a camera was set${said(leaf, 'credentials') === 'replaced' ? ', with a new user name and password' : ''}.`,
  'camera.probed': (leaf) =>
    `A recorder tried a camera’s address: ${probeWords[said(leaf, 'code')] ?? 'it could not be used'}.`,
  'estate.imported': (leaf) =>
    `A file with sites, systems and cameras was taken over: ${count(leaf, 'cameras')} new cameras, ${count(leaf, 'changed')} changed, authority to take over asked for ${count(leaf, 'takenOver')}.`,
  'estate.exported': (leaf) =>
    `The list of ${count(leaf, 'cameras')} cameras was taken out of the register, without passwords.`,
  'sign.placed': () => 'A sign was put up and its photo kept.',
  'sign.missing': () => 'A sign was reported missing.',
  'sign.removed': () => 'A sign was taken out of the register.',
}

function said(leaf: Leaf, key: string): string {
  const value = (leaf.data as Record<string, unknown> | undefined)?.[key]
  return typeof value === 'string' ? value : 'nothing'
}

function count(leaf: Leaf, key: string): number {
  const value = (leaf.data as Record<string, unknown> | undefined)?.[key]
  return typeof value === 'number' ? value : 0
}
