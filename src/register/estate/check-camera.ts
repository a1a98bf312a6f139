/** One camera of an estate file: is it in the register, what would change, and what is wrong with its line. Pure. */
import { parseStreamAddress, sameDevice } from '../address.ts'
import { type SignPlace, signPlaces } from '../sign-store.ts'
import type { EstateKey } from './columns.ts'
import { type CameraStep, codeOf, type KnownCamera, mark, type SystemStep, type Wrong } from './known.ts'
import type { Indexed } from './known-index.ts'
import type { EstateRow } from './read-file.ts'

export function cameraOf(row: EstateRow, system: SystemStep, known: Indexed, wrong: Wrong): CameraStep {
  const get = (key: EstateKey): string => row.values[key] ?? ''
  const reference = get('reference') || null
  const label = get('camera')
  const byReference = reference === null ? undefined : known.cameraNumbered(reference)
  const byName = known.cameraNamed(system.id, label)
  const there = byReference ?? byName
  if (byReference !== undefined && byName !== undefined && byReference.id !== byName.id)
    wrong('reference', 'The register has this number for another camera than the one of this name.')
  else if (byReference !== undefined && byReference.systemId !== system.id)
    wrong('reference', 'The register has this number for a camera of another system. Move it there first.')
  else if (there?.reference != null && reference !== null && mark(there.reference) !== mark(reference))
    wrong('reference', 'The register has this camera under another number.')
  const serial = get('serial')
  if (serial !== '' && known.camerasWithSerial(serial).some((c) => c.id !== there?.id))
    wrong('serial', 'The register has another camera with this serial number.')

  const stream = streamOf(row, known, wrong)
  if (
    stream.connection !== null &&
    known.camerasAt(stream.connection.recorderId, stream.connection.url).some((c) => c.id !== there?.id)
  )
    wrong('stream', 'The register has another camera at this address of this recorder.')
  if (
    there?.credentials != null &&
    there.rtspUrl !== null &&
    stream.connection !== null &&
    stream.credentials === null &&
    !(stream.connection.recorderId === there.recorderId && sameDevice(there.rtspUrl, stream.connection.url))
  )
    wrong(
      'stream',
      'This leads to another device. Give its user name and password too: it is not given those of the old one.',
    )
  const daysKept = get('daysKept') === '' ? null : Number(get('daysKept'))
  if (daysKept !== null && !(Number.isInteger(daysKept) && daysKept >= 0 && daysKept <= 3660))
    wrong('daysKept', 'Write a whole number of days, at most 3660.')
  const sign = get('sign').toLowerCase()
  if (sign !== '' && sign !== 'none' && !(signPlaces as readonly string[]).includes(sign))
    wrong('sign', `Write ${signPlaces.join(', ')}, or leave it empty.`)
  // Taken over once: the file's word about it is spent, so the same file asks for nothing a second time.
  const running = there?.running === true ? null : runningOf(row, system, known, wrong)
  const or = (given: string, has: string | undefined): string => given || has || ''
  const step = {
    line: row.line,
    id: there?.id ?? null,
    system,
    reference: reference ?? there?.reference ?? null,
    label,
    position: or(get('position'), there?.position),
    model: or(get('model'), there?.model),
    serial: or(serial, there?.serial),
    ...stream,
    daysKept: Number.isInteger(daysKept) ? daysKept : null,
    sign: (signPlaces as readonly string[]).includes(sign) ? (sign as SignPlace) : null,
    running,
  }
  if (step.id === null && step.position === '')
    wrong('position', 'Say where exactly it hangs and what it looks at.')
  return { ...step, changes: there === undefined ? [] : changesOf(step, there) }
}

function changesOf(step: Omit<CameraStep, 'changes'>, there: KnownCamera): string[] {
  const { connection, credentials } = step
  const differs: readonly (readonly [string, boolean])[] = [
    ['name', step.label !== there.label],
    ['number', step.reference !== there.reference],
    ['position', step.position !== there.position],
    ['model', step.model !== there.model],
    ['serial number', step.serial !== there.serial],
    ['recorder', connection !== null && connection.recorderId !== there.recorderId],
    ['stream address', connection !== null && connection.url !== there.rtspUrl],
    [
      'user name and password',
      credentials !== null &&
        (credentials.username !== there.credentials?.username ||
          credentials.password !== there.credentials.password),
    ],
    ['days kept before', step.daysKept !== null && step.daysKept !== there.daysKept],
    ['sign', step.sign !== null && step.sign !== there.sign],
    ['running', step.running !== null && there.running !== true],
  ]
  return differs.flatMap(([what, changed]) => (changed ? [what] : []))
}

function streamOf(
  row: EstateRow,
  known: Indexed,
  wrong: Wrong,
): Pick<CameraStep, 'connection' | 'credentials'> {
  const get = (key: EstateKey): string => row.values[key] ?? ''
  const nothing = { connection: null, credentials: null }
  const named = get('recorder')
  const recorder = known.recorders.find((r) => mark(r.name) === mark(named))
  if (named !== '' && recorder === undefined)
    wrong(
      'recorder',
      'There is no recorder of this name for your landlord. Enrol it first, or leave this empty.',
    )
  if (get('stream') === '') {
    for (const key of ['recorder', 'username', 'password'] as const)
      if (get(key) !== '') wrong(key, 'This needs the stream address as well.')
    return nothing
  }
  if (named === '') wrong('recorder', 'Name the recorder that is to record this stream.')
  const address = parseStreamAddress(get('stream'))
  if (!address.ok) {
    wrong('stream', address.reasons[0]!.message)
    return nothing
  }
  const username = get('username') || address.value.username
  const password = get('password') || address.value.password
  if (username === null && password !== null) wrong('username', 'A password needs its user name.')
  return {
    connection: recorder === undefined ? null : { recorderId: recorder.id, url: address.value.url },
    credentials: username === null ? null : { username, password: password ?? '' },
  }
}

function runningOf(row: EstateRow, system: SystemStep, known: Indexed, wrong: Wrong): CameraStep['running'] {
  const get = (key: EstateKey): string => row.values[key] ?? ''
  const word = get('running').toLowerCase()
  if (['', 'no', 'n', 'false', '0'].includes(word)) return null
  if (!['yes', 'y', 'true', '1'].includes(word)) {
    wrong('running', 'Write yes or no.')
    return null
  }
  const types = known.values.deploymentTypes
  const placement = codeOf(get('placement'), types)
  const basis = codeOf(get('basis'), known.values.lawfulBases)
  if (placement === null)
    wrong(
      'placement',
      `It already runs: give one of the policy’s kinds of camera: ${types.map((t) => t.code).join(', ')}.`,
    )
  if (basis === null)
    wrong(
      'basis',
      `It already runs: give one of the policy’s lawful bases: ${known.values.lawfulBases.map((b) => b.code).join(', ')}.`,
    )
  else if (
    !system.purposes.every(
      (code) => known.values.purposes.find((p) => p.code === code)?.lawfulBases.includes(basis) ?? false,
    )
  )
    wrong('basis', 'The policy doesn’t allow this lawful basis for every purpose of the system.')
  const reason = get('reason')
  if (reason === '') wrong('reason', 'It already runs: say why there is a camera.')
  // What no proposal could ask for doesn't come in by the back door either.
  if (placement !== null && basis !== null && reason !== '')
    for (const bar of known.against({ placement, purposes: system.purposes, basis, reason }))
      if (bar.code !== 'propose-basis') wrong('running', bar.message)
  if (system.site.kind === 'home' || types.find((t) => t.code === placement)?.place === 'home')
    wrong(
      'running',
      'A camera in a home can’t be taken over: it needs the resident’s agreement first. Write no, and ask for it anew.',
    )
  return placement === null || basis === null ? null : { placement, basis, reason }
}
