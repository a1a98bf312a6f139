/**
 * The register by what the rows of a file name: 3,000 rows against 3,000 cameras would else be nine million comparisons,
 * and nobody's page is answered meanwhile.
 */
import { type Known, type KnownCamera, type KnownSite, type KnownSystem, mark } from './known.ts'

export type Indexed = Known & {
  sitesNamed(name: string): readonly KnownSite[]
  systemNamed(siteId: string | null, name: string): KnownSystem | undefined
  cameraNumbered(reference: string): KnownCamera | undefined
  cameraNamed(systemId: string | null, label: string): KnownCamera | undefined
  camerasWithSerial(serial: string): readonly KnownCamera[]
  camerasAt(recorderId: string, url: string): readonly KnownCamera[]
}

export function indexed(known: Known): Indexed {
  const sites = grouped(known.sites, (s) => mark(s.name))
  const systems = grouped(known.systems, (s) => key(s.siteId, mark(s.name)))
  const numbers = grouped(known.cameras, (c) => (c.reference === null ? null : mark(c.reference)))
  const names = grouped(known.cameras, (c) => key(c.systemId, mark(c.label)))
  const serials = grouped(known.cameras, (c) => (c.serial === '' ? null : mark(c.serial)))
  const streams = grouped(known.cameras, (c) =>
    c.recorderId === null || c.rtspUrl === null ? null : key(c.recorderId, c.rtspUrl),
  )
  return {
    ...known,
    sitesNamed: (name) => sites.get(mark(name)) ?? [],
    systemNamed: (siteId, name) => systems.get(key(siteId, mark(name)))?.[0],
    cameraNumbered: (reference) => numbers.get(mark(reference))?.[0],
    cameraNamed: (systemId, label) => names.get(key(systemId, mark(label)))?.[0],
    camerasWithSerial: (serial) => serials.get(mark(serial)) ?? [],
    camerasAt: (recorderId, url) => streams.get(key(recorderId, url)) ?? [],
  }
}

/** What is new stands nowhere yet, so its id (null) is in no key. */
const key = (id: string | null, rest: string): string => `${id}\0${rest}`

function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | null,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const of = keyOf(item)
    if (of === null) continue
    const group = groups.get(of)
    if (group === undefined) groups.set(of, [item])
    else group.push(item)
  }
  return groups
}
