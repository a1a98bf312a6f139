/** Ledger entries about signs in plain words. */
type Leaf = { readonly data?: unknown }

const text = (leaf: Leaf, key: string): string => {
  const value = (leaf.data as Record<string, unknown> | undefined)?.[key]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
const version = (leaf: Leaf): string =>
  text(leaf, 'version') === '' ? '' : `, version ${text(leaf, 'version')}`
const byPhoto = (leaf: Leaf): string =>
  text(leaf, 'proof') === 'waiting'
    ? 'its photo can’t be read and waits for a second person'
    : 'its code was read in the photo'

export const signEvents: Readonly<Record<string, (leaf: Leaf) => string>> = {
  'sign.added': () => 'One more sign was asked for at a place.',
  'sign.worded': (leaf) => `A sign has new words${version(leaf)}: ${text(leaf, 'change')}.`,
  'sign.placed': (leaf) =>
    text(leaf, 'proof') === ''
      ? 'A sign was put up and its photo kept.'
      : `A sign was put up${version(leaf)}; ${byPhoto(leaf)}.`,
  'sign.seen': (leaf) => `A sign was looked at again${version(leaf)}; ${byPhoto(leaf)}.`,
  'sign.vouched': (leaf) => `A second person confirmed that a sign hangs${version(leaf)}.`,
  'sign.doubted': (leaf) => `A second person did not confirm that a sign hangs${version(leaf)}.`,
  'sign.missing': (leaf) =>
    text(leaf, 'trouble') === 'damaged' ? 'A sign was reported damaged.' : 'A sign was reported missing.',
  'sign.removed': () => 'A sign was taken out of the register.',
  'signs.contact-set': () => 'Whom people can ask, as signs say it, was set.',
  'signs.guarded': () => 'A system was marked for safety: its signs give nothing away.',
  'signs.unguarded': () => 'The mark for safety was taken away from a system.',
}
