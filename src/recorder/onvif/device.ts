/**
 * What a camera says that it does besides filming: the analytic modules and rules that are set up on it (ONVIF Analytics
 * service; Media, section "video analytics configuration"). Only asked, never changed.
 */
import { type DeviceCode, type DeviceFunction, deviceFunctionsMax } from '#formats/link/link.ts'
import { type AllowedNetworks, parseCameraAddress, resolveAllowed } from '../rtsp/address.ts'
import type { CameraSource } from '../rtsp/session.ts'
import { RtspTrouble } from '../rtsp/trouble.ts'
import { below, call, type Device, DeviceTrouble } from './soap.ts'

export type DeviceReading = {
  readonly code: DeviceCode
  /** For people, without addresses. */
  readonly words: string
  /** What is set up on it; empty when it could not be read, or does nothing more than film. */
  readonly functions: DeviceFunction[]
}

const words: Readonly<Record<DeviceCode, string>> = {
  ok: 'The camera said what it does besides filming.',
  refused:
    'The camera does not say what it does: its ONVIF service refused the connection. Switch ONVIF on, or set its port.',
  'needs-password':
    'The camera does not say what it does: it asks for a user name and password. Many cameras want an ONVIF user of their own.',
  'wrong-password':
    'The camera does not say what it does: it did not accept the user name or password. Many cameras want an ONVIF user of their own.',
  'no-answer': 'The camera does not say what it does: nothing answered at its ONVIF port.',
  'not-onvif': 'The camera does not say what it does: what answers at its port is not ONVIF.',
  'not-allowed': 'This recorder may not connect to that address. Ask who runs it to allow the network.',
}

export const devicePortUsual = 80
const devicePath = '/onvif/device_service'
/** All of a reading ends within this. */
const readingMsMax = 12_000
const configurationsMax = 8

const media1 = 'http://www.onvif.org/ver10/media/wsdl'
const media2 = 'http://www.onvif.org/ver20/media/wsdl'
const analytics = 'http://www.onvif.org/ver20/analytics/wsdl'
const deviceNamespace = 'http://www.onvif.org/ver10/device/wsdl'

/** Asks the camera at the host of its stream's address. Never throws. */
export async function readDevice(
  source: CameraSource & { readonly port: number | null },
  networks: AllowedNetworks,
  nowMs: () => number,
): Promise<DeviceReading> {
  const { promise: late, resolve: giveUp } = Promise.withResolvers<DeviceReading>()
  const timer = setTimeout(() => giveUp(failed('no-answer')), readingMsMax)
  try {
    return await Promise.race([
      read(source, networks, nowMs).then(
        (functions): DeviceReading => ({ code: 'ok', words: words.ok, functions }),
        (error: unknown) => failed(codeOf(error)),
      ),
      late,
    ])
  } finally {
    clearTimeout(timer)
  }
}

const failed = (code: DeviceCode): DeviceReading => ({ code, words: words[code], functions: [] })

function codeOf(error: unknown): DeviceCode {
  if (error instanceof DeviceTrouble) return error.code
  if (error instanceof RtspTrouble) return error.code === 'not-allowed' ? 'not-allowed' : 'no-answer'
  return 'not-onvif'
}

async function read(
  source: CameraSource & { readonly port: number | null },
  networks: AllowedNetworks,
  nowMs: () => number,
): Promise<DeviceFunction[]> {
  const address = parseCameraAddress(source.url)
  const credentials =
    source.username === null && source.password === null
      ? address.credentials
      : { username: source.username ?? '', password: source.password ?? '' }
  const device: Device = {
    ip: await resolveAllowed(address, networks),
    host: address.host,
    port: source.port ?? devicePortUsual,
    credentials,
  }
  const ahead = (await clockOf(device, nowMs)) - nowMs()
  const ask = (path: string, body: string) => call(device, path, body, nowMs() + ahead)
  const paths = await servicePaths(ask)
  const [media, operation] = paths.has(media1)
    ? [media1, 'GetVideoAnalyticsConfigurations']
    : [media2, 'GetAnalyticsConfigurations']
  const path = paths.get(media)
  if (path === undefined) throw new DeviceTrouble('not-onvif', 'no-media')
  const answer = await ask(path, `<${operation} xmlns="${media}"/>`).catch(withoutAnalytics)
  const configurations = answer === null ? [] : below(answer, 'Configurations').slice(0, configurationsMax)
  const found = [...configurations]
  const service = paths.get(analytics)
  if (service !== undefined)
    for (const configuration of configurations) {
      const token = configuration.getAttribute('token') ?? ''
      // Our own words come back to the camera: a token is what it gave, and goes in only where it can break nothing.
      if (!/^[\w.:-]{1,64}$/.test(token)) continue
      for (const operationOf of ['GetAnalyticsModules', 'GetRules']) {
        const more = await ask(
          service,
          `<${operationOf} xmlns="${analytics}"><ConfigurationToken>${token}</ConfigurationToken></${operationOf}>`,
        ).catch(withoutAnalytics)
        if (more !== null) found.push(more)
      }
    }
  return functionsIn(found)
}

/** A camera without analytics says that it does not know the question: that is an answer. Anything else is not. */
function withoutAnalytics(error: unknown): null {
  if (error instanceof DeviceTrouble && error.code === 'not-onvif' && error.detail === 'fault') return null
  throw error
}

/** Epoch ms by the camera's clock; asked without signing in (ONVIF Core 8.2.1: the time is open to everybody). */
async function clockOf(device: Device, nowMs: () => number): Promise<number> {
  const answer = await call(
    device,
    devicePath,
    `<GetSystemDateAndTime xmlns="${deviceNamespace}"/>`,
    null,
  ).catch((error: unknown) => {
    // Some keep even the time to themselves; ours will do where the camera's clock is right.
    if (error instanceof DeviceTrouble && error.code.endsWith('-password')) return null
    throw error
  })
  const utc = answer === null ? undefined : below(answer, 'UTCDateTime')[0]
  if (utc === undefined) return nowMs()
  const number = (name: string) => Number(below(utc, name)[0]?.textContent ?? Number.NaN)
  const at = Date.UTC(
    number('Year'),
    number('Month') - 1,
    number('Day'),
    number('Hour'),
    number('Minute'),
    number('Second'),
  )
  return Number.isFinite(at) ? at : nowMs()
}

/** Path of each service by its namespace. The host that the camera gives with it is left out: ours is pinned. */
async function servicePaths(
  ask: (path: string, body: string) => ReturnType<typeof call>,
): Promise<Map<string, string>> {
  const answer = await ask(
    devicePath,
    `<GetServices xmlns="${deviceNamespace}"><IncludeCapability>false</IncludeCapability></GetServices>`,
  )
  return new Map(
    below(answer, 'Service').flatMap((service): [string, string][] => {
      const namespace = below(service, 'Namespace')[0]?.textContent?.trim() ?? ''
      const at = URL.parse(below(service, 'XAddr')[0]?.textContent?.trim() ?? '')
      return at === null ? [] : [[namespace, `${at.pathname}${at.search}`]]
    }),
  )
}

/** Modules and rules, each once, by what kind it is and what it calls itself. */
function functionsIn(answers: Parameters<typeof below>[0][]): DeviceFunction[] {
  const found = new Map<string, DeviceFunction>()
  for (const answer of answers)
    for (const [kind, name] of [
      ['module', 'AnalyticsModule'],
      ['rule', 'Rule'],
    ] as const)
      for (const one of below(answer, name)) {
        const type = plain(one.getAttribute('Type') ?? '').replace(/^[^:]*:/, '')
        const own = plain(one.getAttribute('Name') ?? '')
        if (type !== '' || own !== '') found.set(`${kind} ${type} ${own}`, { kind, type, name: own })
      }
  return [...found.values()].slice(0, deviceFunctionsMax)
}

const plain = (text: string): string => text.replace(/\p{C}/gu, ' ').trim().slice(0, 100)
