/** Writes the estate out, as somebody's role reaches it, in the form that an upload takes. Passwords never leave. */
import { stringify } from 'csv-stringify/sync'
import { type EstateKey, estateColumns } from './columns.ts'
import type { KnownCamera, KnownSite, KnownSystem } from './known.ts'

export type Exported = {
  readonly sites: readonly KnownSite[]
  readonly systems: readonly KnownSystem[]
  readonly cameras: readonly KnownCamera[]
  recorderName(id: string): string
  personName(id: string): string
  /** Null: it was not taken over, or whoever takes the list may not see why. */
  takenOverAs(
    id: string,
  ): { readonly placement: string; readonly basis: string; readonly reason: string } | null
}

type EstateRecord = Readonly<Partial<Record<EstateKey, string | number>>>

/** Columns that are written; those of an upload but for what is secret. */
const written = estateColumns.filter((c) => c.secret !== true)

/** One record for each camera, and one for each site or system that has none. Without site: nothing. */
function recordsOf(estate: Exported): EstateRecord[] {
  const records: EstateRecord[] = []
  for (const site of estate.sites) {
    const place: EstateRecord = {
      site: site.name,
      address: site.address.join(' | '),
      kind: site.kind,
      area: site.area ?? '',
      ...(site.latitude === null || site.longitude === null
        ? {}
        : { latitude: site.latitude, longitude: site.longitude }),
    }
    const systems = estate.systems.filter((s) => s.siteId === site.id)
    if (systems.length === 0) records.push(place)
    for (const system of systems) {
      const group: EstateRecord = {
        ...place,
        system: system.name,
        purposes: system.purposes.join(' | '),
        manager: system.managerId === null ? '' : estate.personName(system.managerId),
      }
      const cameras = estate.cameras.filter((c) => c.systemId === system.id)
      if (cameras.length === 0) records.push(group)
      for (const camera of cameras)
        records.push({
          ...group,
          reference: camera.reference ?? '',
          camera: camera.label,
          position: camera.position,
          model: camera.model,
          serial: camera.serial,
          recorder:
            camera.rtspUrl === null || camera.recorderId === null
              ? ''
              : estate.recorderName(camera.recorderId),
          stream: camera.rtspUrl ?? '',
          running: camera.running === true ? 'yes' : 'no',
          ...whyRunning(camera, estate),
          ...(camera.daysKept === null ? {} : { daysKept: camera.daysKept }),
          sign: camera.sign ?? '',
        })
    }
  }
  return records
}

/** Without it the list could not be brought in where the camera isn't known. */
function whyRunning(camera: KnownCamera, estate: Exported): EstateRecord {
  const said = camera.running === true ? estate.takenOverAs(camera.id) : null
  return said === null ? {} : { placement: said.placement, basis: said.basis, reason: said.reason }
}

export function estateAsCsv(estate: Exported): Buffer {
  return sheet(recordsOf(estate).map((record) => written.map(({ key }) => harmless(record[key] ?? ''))))
}

export function estateAsJson(estate: Exported, provider: string): Buffer {
  const cameras = recordsOf(estate)
  return Buffer.from(
    `${JSON.stringify({ format: 'overt-estate', version: 1, provider, cameras }, null, 2)}\n`,
  )
}

/** An empty sheet with two lines to type over; codes of the policy in the cells that want them. */
export function estateTemplate(of: {
  readonly purpose: string
  readonly placement: string
  readonly basis: string
}): Buffer {
  const own: Readonly<Partial<Record<EstateKey, readonly [string, string]>>> = {
    purposes: [of.purpose, ''],
    placement: [of.placement, ''],
    basis: [of.basis, ''],
  }
  const line = (index: 0 | 1) =>
    estateColumns.map(({ key, examples }) => harmless((own[key] ?? examples)[index]))
  return sheet(
    [line(0), line(1)],
    estateColumns.map((c) => c.title),
  )
}

const sheet = (rows: readonly (readonly string[])[], titles = written.map((c) => c.title)): Buffer =>
  // With the mark that tells spreadsheets it is UTF-8, and the line ends that they write themselves (RFC 4180 §2).
  Buffer.from(stringify([titles, ...rows] as string[][], { bom: true, record_delimiter: 'windows' }))

/**
 * A cell that a spreadsheet would take for a formula is led by an apostrophe, which makes it text; a plain number stays
 * one. Reading takes the apostrophe off again.
 */
export function harmless(value: string | number): string {
  const text = String(value)
  // The wide forms too: spreadsheets set for Chinese or Japanese take them for the same.
  return /^[=+\-@\t\r＝＋－＠]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
}
