/**
 * What an estate file would do, and everything that is wrong with it. Pure: the register as it is comes in as `Known`.
 * One problem anywhere means that nothing is taken over; all of them are named at once.
 */
import { type SiteKind, siteKinds } from '../site-store.ts'
import { cameraOf } from './check-camera.ts'
import { type EstateKey, estateColumns } from './columns.ts'
import {
  type CameraStep,
  codeOf,
  type Known,
  mark,
  type SiteStep,
  type SystemStep,
  type Wrong,
} from './known.ts'
import { type Indexed, indexed } from './known-index.ts'
import type { EstateFile, EstateRow, Problem } from './read-file.ts'

export type Checked = {
  readonly sites: readonly SiteStep[]
  readonly systems: readonly SystemStep[]
  readonly cameras: readonly CameraStep[]
  readonly problems: readonly Problem[]
  /** What is no mistake but worth knowing before confirming. */
  readonly notes: readonly Problem[]
}

/** More problems than this help nobody; the count says how many there are. */
export const problemsShownMax = 500

/** What a cell says whose formula failed, and a long number that was written as 1.23E+11. */
const spreadsheetError = /^#(N\/A|REF!|NAME\?|VALUE!|DIV\/0!|NULL!|NUM!|SPILL!|CALC!)$/i
const shortened = /^\d([.,]\d+)?E\+\d+$/i

const lines = (text: string): string[] =>
  text
    .split(/\n|\|/)
    .map((l) => l.trim())
    .filter((l) => l !== '')

export function checkRows(file: EstateFile, register: Known): Checked {
  const known = indexed(register)
  const problems: Problem[] = [...file.problems]
  const notes: Problem[] = []
  const sites = new Map<string, SiteStep>()
  const systems = new Map<string, SystemStep>()
  const cameras: CameraStep[] = []
  const used = {
    name: new Map<string, number>(),
    reference: new Map<string, number>(),
    serial: new Map<string, number>(),
    stream: new Map<string, number>(),
  }

  for (const row of file.rows) {
    const get = (key: EstateKey): string => row.values[key] ?? ''
    const wrong = (key: EstateKey | null, message: string) => {
      problems.push({ line: row.line, column: key === null ? null : file.column(key), message })
    }
    const before = problems.length
    for (const column of estateColumns)
      if (get(column.key).length > column.max)
        wrong(column.key, `This is longer than ${column.max} characters. Shorten it.`)
    for (const column of estateColumns) {
      if (spreadsheetError.test(get(column.key)))
        wrong(column.key, 'Your spreadsheet could not work this cell out. Write what belongs here.')
      // Only where a number is a name: the digits that a spreadsheet left out can't be brought back.
      if (['reference', 'serial'].includes(column.key) && shortened.test(get(column.key)))
        wrong(
          column.key,
          'Your spreadsheet has shortened this number. Set the column to “Text” there and type the number again.',
        )
    }
    if (get('site') === '') {
      wrong('site', 'Give the name of the place.')
      continue
    }
    if (problems.length > before) continue
    const site = siteOf(row, known, sites, wrong)
    // A place by itself: nothing in the row speaks of a system.
    const placeOnly = ['camera', 'system', 'purposes', 'manager'].every((key) => get(key as EstateKey) === '')
    const system = placeOnly ? null : systemOf(row, site, known, systems, wrong)
    if (system === null || get('camera') === '') {
      for (const key of ['reference', 'serial', 'stream', 'recorder'] as const)
        if (get(key) !== '') wrong(key, 'This row names no camera. Give its name, or leave this empty.')
      continue
    }
    const step = cameraOf(row, system, known, wrong)
    for (const [what, value, key] of [
      ['name', `${mark(site.name)}\0${mark(system.name)}\0${mark(step.label)}`, 'camera'],
      ['reference', step.reference === null ? '' : mark(step.reference), 'reference'],
      ['serial', mark(step.serial), 'serial'],
      [
        'stream',
        step.connection === null ? '' : `${step.connection.recorderId}\0${step.connection.url}`,
        'stream',
      ],
    ] as const) {
      if (value === '') continue
      const earlier = used[what].get(value)
      if (earlier !== undefined)
        wrong(key, `The same stands in row ${earlier} already. Each camera is listed once.`)
      else used[what].set(value, row.line)
    }
    if (step.daysKept !== null && step.daysKept !== known.values.retentionDays.value)
      notes.push({
        line: row.line,
        column: file.column('daysKept'),
        message: `It was kept for ${step.daysKept} days until now. Overt keeps it for ${known.values.retentionDays.value}, as the policy says.`,
      })
    if (step.changes.some((c) => c === 'position' || c === 'stream address' || c === 'recorder'))
      notes.push({
        line: row.line,
        column: file.column('camera'),
        message: `This camera’s ${step.changes.join(', ')} would change. If it records now it stops until it is looked at again.`,
      })
    cameras.push(step)
  }
  if (file.rows.length === 0 && problems.length === 0)
    problems.push({ line: 1, column: null, message: 'The file names no place and no camera.' })
  problems.sort((a, b) => a.line - b.line)
  return { sites: [...sites.values()], systems: [...systems.values()], cameras, problems, notes }
}

function siteOf(row: EstateRow, known: Indexed, sites: Map<string, SiteStep>, wrong: Wrong): SiteStep {
  const get = (key: EstateKey): string => row.values[key] ?? ''
  const name = get('site')
  const address = lines(get('address'))
  const kind = get('kind').toLowerCase()
  const coordinates = coordinatesOf(get('latitude'), get('longitude'), wrong)
  if (address.length > 7) wrong('address', 'An address has at most seven lines.')
  if (kind !== '' && !(siteKinds as readonly string[]).includes(kind))
    wrong('kind', `Write one of: ${siteKinds.join(', ')}.`)
  const earlier = sites.get(mark(name))
  const there = known.sitesNamed(name)
  if (there.length > 1)
    wrong('site', 'The register has several places of this name. Give them different names there first.')
  const standing = earlier ?? there[0]
  if (standing !== undefined) {
    const where = earlier === undefined ? 'in the register' : 'further up in this file'
    const differs = (key: EstateKey, given: string, has: string) => {
      if (given !== '' && mark(given) !== mark(has))
        wrong(
          key,
          `This place stands ${where} with something else here. Make them the same, or leave this empty.`,
        )
    }
    differs('address', address.join('|'), standing.address.join('|'))
    differs('kind', kind, standing.kind)
    differs('area', get('area'), standing.area ?? '')
    const changes =
      coordinates !== null &&
      (coordinates.latitude !== standing.latitude || coordinates.longitude !== standing.longitude)
    const site = {
      ...standing,
      ...(coordinates ?? {}),
      coordinatesChange: (earlier?.coordinatesChange ?? false) || changes,
    }
    // One object for a place, so that its systems and cameras meet in it.
    if (earlier === undefined) sites.set(mark(name), site)
    else Object.assign(earlier, site)
    return sites.get(mark(name))!
  }
  if (address.length === 0) wrong('address', 'This place is new: give its address.')
  if (kind === '') wrong('kind', `This place is new: write one of ${siteKinds.join(', ')}.`)
  const area = get('area') || null
  if (!known.reaches(area))
    wrong('area', 'Your role doesn’t reach this area. Ask somebody whose role does, or name another area.')
  const site: SiteStep = {
    id: null,
    name,
    address,
    kind: kind as SiteKind,
    area,
    latitude: coordinates?.latitude ?? null,
    longitude: coordinates?.longitude ?? null,
    coordinatesChange: false,
  }
  sites.set(mark(name), site)
  return site
}

function coordinatesOf(
  latitude: string,
  longitude: string,
  wrong: Wrong,
): { readonly latitude: number; readonly longitude: number } | null {
  if (latitude === '' && longitude === '') return null
  const number = (text: string, most: number): number | null => {
    const value = /^[+-]?\d{1,3}([.,]\d{1,12})?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN
    return Math.abs(value) <= most ? value : null
  }
  const [lat, long] = [number(latitude, 90), number(longitude, 180)]
  if (lat === null)
    wrong('latitude', 'Write degrees between -90 and 90, like 52.9219, together with the longitude.')
  if (long === null)
    wrong('longitude', 'Write degrees between -180 and 180, like -1.4758, together with the latitude.')
  return lat === null || long === null ? null : { latitude: lat, longitude: long }
}

function systemOf(
  row: EstateRow,
  site: SiteStep,
  known: Indexed,
  systems: Map<string, SystemStep>,
  wrong: Wrong,
): SystemStep {
  const get = (key: EstateKey): string => row.values[key] ?? ''
  const name = get('system') || site.name
  const key = `${mark(site.name)}\0${mark(name)}`
  const purposes = codesOf(get('purposes'), known.values.purposes)
  if (purposes === null)
    wrong(
      'purposes',
      `The policy has no such purpose. It has: ${known.values.purposes.map((p) => p.code).join(', ')}.`,
    )
  const managerId = managerOf(get('manager'), known, wrong)
  const earlier = systems.get(key)
  const there = known.systemNamed(site.id, name)
  const standing = earlier ?? (there === undefined ? undefined : { ...there, site, managerChange: false })
  if (standing !== undefined) {
    const where = earlier === undefined ? 'in the register' : 'further up in this file'
    if (purposes !== null && purposes.length > 0 && !sameCodes(purposes, standing.purposes))
      wrong(
        'purposes',
        `This system stands ${where} with other purposes. Make them the same, or leave this empty.`,
      )
    if (managerId !== null && standing.managerId !== null && managerId !== standing.managerId)
      wrong(
        'manager',
        `This system stands ${where} with another manager. Make them the same, or leave this empty.`,
      )
    const system = systems.get(key) ?? standing
    if (managerId !== null && standing.managerId === null)
      Object.assign(system, { managerId, managerChange: standing.id !== null })
    systems.set(key, system)
    return system
  }
  if (purposes !== null && purposes.length === 0)
    wrong(
      'purposes',
      `This system is new: give at least one of the policy’s purposes: ${known.values.purposes.map((p) => p.code).join(', ')}.`,
    )
  const system = { id: null, name, purposes: purposes ?? [], managerId, site, managerChange: false }
  systems.set(key, system)
  return system
}

function managerOf(name: string, known: Known, wrong: Wrong): string | null {
  if (name === '') return null
  const found = known.staff.filter((p) => mark(p.name) === mark(name))
  if (found.length === 1) return found[0]!.id
  wrong(
    'manager',
    found.length === 0
      ? 'Nobody of this name has an account here. Make the account first, or leave this empty.'
      : 'Several people have this name. Leave it empty and name the manager on the page of the place.',
  )
  return null
}

const sameCodes = (a: readonly string[], b: readonly string[]): boolean =>
  [...a].sort().join() === [...b].sort().join()

/** Codes or labels, | ; or a line break between them; null when one is unknown. */
function codesOf(
  text: string,
  list: readonly { readonly code: string; readonly label: string }[],
): readonly string[] | null {
  const given = text
    .split(/\n|\||;/)
    .map((t) => t.trim())
    .filter((t) => t !== '')
  const found = given.map((t) => codeOf(t, list))
  return found.includes(null) ? null : [...new Set(found as string[])]
}
